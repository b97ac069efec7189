"""Lists of insights: the library, a channel's, a member's."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.db.models import CharField, Count, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from twodesks.channels.queries import visible_channel_ids
from twodesks.insights.engine.freshness import Freshness, Signs, judge
from twodesks.insights.models import Credit, Insight, Verdict
from twodesks.insights.queries import kept_insights
from twodesks.kit.actor import Actor
from twodesks.rows.prepared import prepared

PAGE = 30
TOPICS_SHOWN = 12
# Further back the database would have to walk over too many rows; topics and search lead there sooner.
LAST_PAGE = 300
_FACETS_KEPT_S = 60


class Unnest(Func):
    """One row for each element of an array."""

    function = "unnest"
    output_field = CharField()
    set_returning = True


@dataclass(frozen=True, slots=True)
class InsightRow:
    """One line of a list."""

    insight: Insight
    freshness: Freshness
    explained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """`next_page` is None on the last."""

    rows: list[InsightRow]
    page: int
    next_page: int | None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many insights the reader finds by topic; a minute old at most."""

    total: int
    topics: list[tuple[str, int]]


def library_page(
    actor: Actor, *, topic: str = "", channel_id: int | None = None, page: int = 1, helped_first: bool = False
) -> LibraryPage:
    """Latest first, `PAGE` a page: two queries."""
    page = min(max(page, 1), LAST_PAGE)
    start = (page - 1) * PAGE
    if page == 1 and not topic and channel_id is None:
        rows = insight_rows(actor, _first_page(actor, helped_first=helped_first))
    else:
        found = kept_insights(actor)
        if topic:
            found = found.filter(topics__contains=[topic])
        if channel_id is not None:
            found = found.filter(channel_id=channel_id)
        ordered = found.order_by(*_order(helped_first=helped_first))
        rows = insight_rows(actor, ordered[start : start + PAGE + 1])
    return LibraryPage(rows[:PAGE], page, page + 1 if len(rows) > PAGE and page < LAST_PAGE else None)


def insight_rows(actor: Actor, insights: Iterable[Insight]) -> list[InsightRow]:
    """Rows with freshness and who explained them, for insights of a queryset or read `listed`: one query more."""
    chosen = _listed(insights) if isinstance(insights, QuerySet) else insights
    found = list(chosen)
    explained: dict[int, list[str]] = defaultdict(list)
    for credit in _explained(actor, insight_ids=[insight.pk for insight in found]) if found else ():
        explained[credit.insight_id].append(credit.member.name)
    now = timezone.now()
    return [InsightRow(insight, _freshness(insight, now), tuple(explained[insight.pk])) for insight in found]


def rows_by_id(actor: Actor, insight_ids: list[int]) -> list[InsightRow]:
    """Those of the insights that the actor sees: two queries."""
    return insight_rows(actor, _by_id(actor, insight_ids=insight_ids)) if insight_ids else []


def newest_rows(actor: Actor, channel_id: int) -> list[InsightRow]:
    """The six that were kept last in a channel: two queries."""
    return insight_rows(actor, _newest(actor, channel_id=channel_id))


def _listed(insights: QuerySet[Insight]) -> QuerySet[Insight]:
    return with_signs(insights).select_related("channel").defer("body")


@prepared
def _by_id(actor: Actor, insight_ids: list[int]) -> QuerySet[Insight]:
    return _listed(kept_insights(actor).filter(**{"pk__any_of": insight_ids}))


@prepared
def _newest(actor: Actor, channel_id: int) -> QuerySet[Insight]:
    return _listed(kept_insights(actor).filter(channel_id=channel_id).order_by("-published_at", "-pk")[:6])


@prepared
def _first_page(actor: Actor, helped_first: bool) -> QuerySet[Insight]:
    return _listed(kept_insights(actor).order_by(*_order(helped_first=helped_first))[: PAGE + 1])


@prepared
def _explained(actor: Actor, insight_ids: list[int]) -> QuerySet[Credit]:
    credits = Credit.objects.filter(role=Credit.Role.EXPLAINED, **{"insight__any_of": insight_ids})
    return credits.select_related("member").order_by("given_at")


def _order(*, helped_first: bool) -> tuple[str, ...]:
    return ("-helped_count", "-published_at") if helped_first else ("-published_at", "-pk")


def with_signs(insights: QuerySet[Insight]) -> QuerySet[Insight]:
    """Annotated with what freshness is judged by."""
    looked_at = Greatest(Coalesce("published_at", "created_at"), "changed_at", "checked_at")
    return insights.annotate(
        looked_at=looked_at,
        revision_number=F("current_revision__number"),
        helped_since=_verdicts_since(Verdict.Outcome.HELPED),
        failed_since=_verdicts_since(Verdict.Outcome.DID_NOT_WORK),
    )


def facets(actor: Actor) -> Facets:
    """Topics by how often they are given, over what the reader sees.

    Counting goes over every row, so it is kept a minute for everybody who sees the very same channels.
    """
    channel_ids = sorted(visible_channel_ids(actor))
    key = "insights:facets:" + sha256(",".join(map(str, channel_ids)).encode()).hexdigest()
    known: Facets | None = cache.get(key)
    if known is None:
        known = _count_facets(channel_ids)
        cache.set(key, known, _FACETS_KEPT_S)
    return known


def _count_facets(channel_ids: Iterable[int]) -> Facets:
    shared = Insight.objects.filter(published_at__isnull=False, withdrawn_at=None, channel_id__in=channel_ids)
    topics = (
        shared.annotate(topic=Unnest("topics"))
        .values("topic")
        .annotate(number=Count("pk"))
        .order_by("-number", "topic")[:TOPICS_SHOWN]
    )
    return Facets(shared.count(), [(row["topic"], row["number"]) for row in topics])


def _verdicts_since(outcome: str) -> Coalesce:
    since = (
        Verdict.objects.filter(insight=OuterRef("pk"), outcome=outcome, given_at__gt=OuterRef("looked_at"))
        .order_by()
        .values("insight")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(since, output_field=IntegerField()), 0)


def _freshness(insight: Insight, now: datetime) -> Freshness:
    revised = (insight.revision_number or 1) > 1  # type: ignore[attr-defined]
    signs = Signs(
        kept_at=insight.published_at or insight.created_at,
        revised_at=insight.changed_at if revised else None,
        checked_at=insight.checked_at,
        helped_since=insight.helped_since,  # type: ignore[attr-defined]
        failed_since=insight.failed_since,  # type: ignore[attr-defined]
    )
    return judge(signs, now=now)
