"""Insights for the pages that stand over every app: Home, channels, people."""

from django.db.models import F, Prefetch, Q, QuerySet

from twodesks.insights.models import Credit, Insight, InsightDraft, Thanks, Verdict
from twodesks.insights.queries import kept_insights, visible_insights
from twodesks.kit.actor import Actor
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import prepared

MOST = 20


def listed_insights(actor: Actor) -> QuerySet[Insight]:
    """Published insights the actor sees, newest first, with what a card shows: channel, credits and their members."""
    return (
        kept_insights(actor)
        .select_related("channel", "author")
        .prefetch_related(Prefetch("credits", Credit.objects.select_related("member").order_by("id")))
        .order_by("-published_at", "-pk")
    )


def explained_insights(actor: Actor, member_id: int) -> QuerySet[Insight]:
    """Those that a member explained, most helpful first."""
    credited = Credit.objects.filter(member_id=member_id, role=Credit.Role.EXPLAINED).values("insight_id")
    return listed_insights(actor).filter(pk__in=credited).order_by("-helped_count", "-published_at")


def unfinished_drafts(actor: Actor, *, limit: int = 5) -> list[InsightDraft]:
    """What the actor is writing and has not kept yet, last saved first; at most 20."""
    return _drafts(actor)[:limit]


@prepared
def _drafts(actor: Actor) -> QuerySet[InsightDraft]:
    return (
        InsightDraft.objects.filter(member_id=actor.member_id or 0, insight__withdrawn_at=None)
        .filter(insight__in=visible_insights(actor).order_by())
        .select_related("insight__channel")
        .order_by("-saved_at")[:MOST]
    )


def reports_for(actor: Actor, *, limit: int = 5) -> list[Verdict]:
    """“This didn't work” on what the actor explained or wrote, since its last revision, newest first; at most 20."""
    return _reports(actor)[:limit]


@prepared
def _reports(actor: Actor) -> QuerySet[Verdict]:
    mine = Q(insight__author_id=actor.member_id or 0) | Q(
        insight__credits__member_id=actor.member_id or 0, insight__credits__role=Credit.Role.EXPLAINED
    )
    return (
        Verdict.objects.filter(mine, outcome=Verdict.Outcome.DID_NOT_WORK)
        .filter(insight__in=visible_insights(actor).order_by(), given_at__gte=F("insight__changed_at"))
        .exclude(member_id=actor.member_id or 0)
        .select_related("insight", "member")
        .distinct()
        .order_by("-given_at")[:MOST]
    )


def thanks_to(actor: Actor, member_id: int, *, limit: int = 5) -> list[Thanks]:
    """Thanks a member received, for insights the actor sees, newest first; at most 20."""
    return _thanks(actor, receiver_id=member_id)[:limit]


@prepared
def _thanks(actor: Actor, receiver_id: int) -> QuerySet[Thanks]:
    return (
        Thanks.objects.filter(receiver_id=receiver_id, insight__in=visible_insights(actor).order_by())
        .select_related("giver", "insight")
        .order_by("-given_at")[:MOST]
    )


def people_helped(actor: Actor, member_id: int) -> int:
    """How many others said that something this member explained helped them, as far as the actor sees it."""
    verdicts = Verdict.objects.filter(
        outcome=Verdict.Outcome.HELPED,
        insight__credits__member_id=member_id,
        insight__credits__role=Credit.Role.EXPLAINED,
        insight__in=visible_insights(actor).order_by(),
    ).exclude(member_id=member_id)
    return verdicts.values("member_id").distinct().count()


def insights_from_recording(actor: Actor, recording_id: int) -> QuerySet[Insight]:
    """What was kept from a recording or shows a clip of it, as far as the actor sees both."""
    shared = visible_recordings(actor).filter(pk=recording_id).order_by().values("pk")
    made_from = Q(recording__in=shared) | Q(embedded_clips__recording__in=shared)
    return listed_insights(actor).filter(made_from).distinct()
