"""Reads about insights. Other apps build their own visibility on `visible_insights` and `get_insight`."""

from django.db.models import QuerySet

from twodesks.insights import policies
from twodesks.insights.models import Insight, InsightAttachment, InsightRevision
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.rows.prepared import prepared


def visible_insights(actor: Actor) -> QuerySet[Insight]:
    """Everything the actor may open: also their own drafts and what they withdrew."""
    return Insight.objects.filter(policies.visible_to(actor))


def kept_insights(actor: Actor) -> QuerySet[Insight]:
    """What lists show: kept, not withdrawn, visible."""
    return visible_insights(actor).filter(published_at__isnull=False, withdrawn_at=None)


def get_insight(actor: Actor, insight_id: int) -> Insight:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = _insight(actor, insight_id=insight_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _insight(actor: Actor, insight_id: int) -> QuerySet[Insight]:
    return visible_insights(actor).select_related("channel").filter(pk=insight_id)


def may_hear(actor: Actor, insight_id: int) -> bool:
    """Whether the actor may hear who is writing in it."""
    return visible_insights(actor).filter(pk=insight_id).exists()


def get_revision(actor: Actor, insight_id: int, number: int) -> InsightRevision:
    """Raises `NotFound`, also when the insight may not be known."""
    get_insight(actor, insight_id)
    found = InsightRevision.objects.select_related("author").filter(insight_id=insight_id, number=number).first()
    if found is None:
        raise NotFound
    return found


def get_attachment(actor: Actor, insight_id: int, attachment_id: int) -> InsightAttachment:
    """Raises `NotFound`, also when the insight may not be known."""
    found = (
        InsightAttachment.objects.select_related("media_file")
        .filter(pk=attachment_id, insight_id=insight_id, insight__in=visible_insights(actor))
        .first()
    )
    if found is None:
        raise NotFound
    return found
