"""What the page of an insight shows: text, clips, credits, freshness, verdicts, thanks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from twodesks.channels.queries import postable_channels
from twodesks.insights import policies
from twodesks.insights.engine.freshness import Freshness, Signs, judge
from twodesks.insights.models import Credit, Insight, InsightClip, InsightDraft, InsightRevision, Thanks, Verdict
from twodesks.insights.queries import get_insight, visible_insights
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.kit.timecode import clock, length, media_fragment
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.recordings.models import Recording

REASONS_SHOWN = 6
THANKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class ClipView:
    """A clip as one reader sees it; `recording` is None where it is not shared with them, or gone.

    `words` are what was said in it, where its recording was deleted after it had been put in.
    """

    embed: markdown.ClipEmbed
    recording: "Recording | None"
    words: str = ""

    @property
    def is_clip(self) -> bool:
        return True

    @property
    def stamps(self) -> str:
        return f"{clock(self.embed.start_ms)} to {clock(self.embed.end_ms)}"

    @property
    def length(self) -> str:
        return length(self.embed.end_ms - self.embed.start_ms)

    @property
    def address(self) -> str:
        fragment = media_fragment(self.embed.start_ms, self.embed.end_ms)
        return markdown.recording_address(self.embed.recording_id, fragment)

    @property
    def share(self) -> tuple[float, float]:
        """Where it begins in the whole and how much of it it is, in hundredths."""
        whole = (self.recording.duration_ms if self.recording else None) or self.embed.end_ms
        start = min(100 * self.embed.start_ms / whole, 99) if whole else 0
        share = 100 * (self.embed.end_ms - self.embed.start_ms) / whole if whole else 100
        return round(start, 1), round(max(min(share, 100 - start), 1), 1)


@dataclass(frozen=True, slots=True)
class Verdicts:
    helped: int
    failed: int
    own: Verdict | None
    reasons: tuple[Verdict, ...]
    may_judge: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class InsightPage:
    insight: Insight
    revision: InsightRevision | None
    parts: tuple["str | ClipView", ...]
    headings: tuple[markdown.Heading, ...]
    reading_minutes: int
    watching: str
    credits: tuple[Credit, ...]
    freshness: Freshness | None
    verdicts: Verdicts
    thanks: tuple[Thanks, ...]
    to_thank: tuple[Credit, ...]
    has_draft: bool
    may_change: bool
    may_check: bool
    may_withdraw: bool
    channels_to_move_to: tuple["Channel", ...]


def read_insight(actor: Actor, insight_id: int) -> InsightPage:
    """Raises `NotFound`, also for one that the actor may not know of."""
    insight = next(iter(_whole(actor, insight_id=insight_id)), None)
    if insight is None:
        raise NotFound
    rendered = markdown.render(insight.body)
    parts = clip_views(actor, rendered.parts)
    credits = tuple(_credits(actor, insight_id=insight_id))
    explained = any(c.member_id == actor.member_id and c.role == Credit.Role.EXPLAINED for c in credits)
    given = tuple(_thanks(actor, insight_id=insight_id))
    return InsightPage(
        insight=insight,
        revision=insight.current_revision,
        parts=parts,
        headings=rendered.headings,
        reading_minutes=rendered.minutes,
        watching=_watching(parts),
        credits=credits,
        freshness=_freshness(insight),
        verdicts=_verdicts(actor, insight, explained),
        thanks=given,
        to_thank=_to_thank(actor, credits),
        has_draft=InsightDraft.objects.filter(insight=insight, member_id=actor.member_id or 0).exists(),
        may_change=policies.may_change(actor, insight).allowed,
        may_check=bool(insight.published_at) and (explained or policies.may_check(actor, insight).allowed),
        may_withdraw=policies.may_withdraw(actor, insight).allowed,
        channels_to_move_to=_channels_to_move_to(actor, insight),
    )


@prepared
def _whole(actor: Actor, insight_id: int) -> QuerySet[Insight]:
    with_people = ("channel", "current_revision__author", "checked_by", "author", "recording__owner")
    return visible_insights(actor).select_related(*with_people).filter(pk=insight_id)


@prepared
def _credits(actor: Actor, insight_id: int) -> QuerySet[Credit]:
    return Credit.objects.filter(insight=insight_id).select_related("member").order_by("given_at", "pk")


@prepared
def _thanks(actor: Actor, insight_id: int) -> QuerySet[Thanks]:
    thanks = Thanks.objects.filter(insight=insight_id).select_related("giver", "receiver")
    return thanks.order_by("-given_at")[:THANKS_SHOWN]


@prepared
def _reasons(actor: Actor, insight_id: int) -> QuerySet[Verdict]:
    failed = Verdict.objects.filter(insight=insight_id, outcome=Verdict.Outcome.DID_NOT_WORK)
    return failed.select_related("member").order_by("-given_at")[:REASONS_SHOWN]


@prepared
def _own_verdict(actor: Actor, insight_id: int) -> QuerySet[Verdict]:
    return Verdict.objects.filter(insight=insight_id, member_id=actor.member_id or 0)


def read_verdicts(actor: Actor, insight_id: int) -> Verdicts:
    """The part of the page that answers after somebody said whether it helped."""
    insight = get_insight(actor, insight_id)
    explained = insight.credits.filter(member_id=actor.member_id or 0, role=Credit.Role.EXPLAINED).exists()
    return _verdicts(actor, insight, explained)


def clip_views(actor: Actor, parts: Iterable[str | markdown.ClipEmbed]) -> tuple[str | ClipView, ...]:
    """Each clip with its recording, where the reader sees it: one query, none without clips, two where one is gone."""
    parts = tuple(parts)
    named = {part.recording_id for part in parts if isinstance(part, markdown.ClipEmbed)}
    seen: Mapping[int, Recording] = visible_recordings(actor).select_related("owner").in_bulk(named) if named else {}
    words = _words_of_deleted(actor, named - set(seen))
    return tuple(
        part
        if isinstance(part, str)
        else ClipView(part, seen.get(part.recording_id), words.get((part.recording_id, part.start_ms, part.end_ms), ""))
        for part in parts
    )


def _words_of_deleted(actor: Actor, recording_ids: set[int]) -> dict[tuple[int, int, int], str]:
    """What insights that the reader sees have kept of recordings that were deleted, by stretch."""
    if not recording_ids:
        return {}
    deleted = Q(recording=None) | Q(recording__discarded_at__isnull=False)
    rows = InsightClip.objects.filter(
        deleted, source_id__in=recording_ids, insight__in=visible_insights(actor)
    ).values_list("source_id", "start_ms", "end_ms", "words")
    return {(source, start, end): words for source, start, end, words in rows if words}


def _freshness(insight: Insight) -> Freshness | None:
    revision = insight.current_revision
    if insight.published_at is None or revision is None:
        return None
    dates = Signs(
        kept_at=insight.published_at,
        revised_at=revision.created_at if revision.number > 1 else None,
        checked_at=insight.checked_at,
        checked_by=insight.checked_by.first_name if insight.checked_by else "",
    )
    since = Q(given_at__gt=dates.looked_at)
    helped, failed = Q(outcome=Verdict.Outcome.HELPED), Q(outcome=Verdict.Outcome.DID_NOT_WORK)
    counts = insight.verdicts.aggregate(
        helped_since=Count("pk", filter=helped & since),
        failed_since=Count("pk", filter=failed & since),
        last_helped_at=Max("given_at", filter=helped),
    )
    signs = replace(dates, **counts)
    return judge(signs, now=timezone.now())


def _verdicts(actor: Actor, insight: Insight, explained: bool) -> Verdicts:
    reasons = tuple(_reasons(actor, insight_id=insight.pk))
    failed = len(reasons)
    if failed == REASONS_SHOWN:
        failed = insight.verdicts.filter(outcome=Verdict.Outcome.DID_NOT_WORK).count()
    why_not = "You explained this one; whether it helps is for the others to say." if explained else ""
    return Verdicts(
        helped=insight.helped_count,
        failed=failed,
        own=next(iter(_own_verdict(actor, insight_id=insight.pk)), None),
        reasons=reasons,
        may_judge=insight.published_at is not None and not explained and not actor.is_guest,
        why_not=why_not,
    )


def _to_thank(actor: Actor, credits: Iterable[Credit]) -> tuple[Credit, ...]:
    """Everybody credited but oneself, each once."""
    others: dict[int, Credit] = {}
    for credit in credits:
        if credit.member_id != actor.member_id:
            others.setdefault(credit.member_id, credit)
    return tuple(others.values())


def _watching(parts: Iterable[str | ClipView]) -> str:
    whole = sum(part.embed.end_ms - part.embed.start_ms for part in parts if isinstance(part, ClipView))
    return length(whole) if whole else ""


def _channels_to_move_to(actor: Actor, insight: Insight) -> tuple["Channel", ...]:
    if insight.published_at is None or not policies.may_move(actor, insight):
        return ()
    return tuple(one for one in postable_channels(actor) if one.pk != insight.channel_id)


def credited_for(insight_id: int, *roles: str) -> set[int]:
    """Ids of the members credited for an insight, in these roles or any. For telling, never for a page."""
    found = Credit.objects.filter(insight_id=insight_id)
    return set((found.filter(role__in=roles) if roles else found).values_list("member_id", flat=True))
