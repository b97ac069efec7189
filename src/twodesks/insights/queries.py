"""Reads about insights."""

from django.db.models import QuerySet

from twodesks.insights import policies
from twodesks.insights.models import Insight
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound


def visible_insights(actor: Actor) -> QuerySet[Insight]:
    return Insight.objects.filter(policies.visible_to(actor))


def get_insight(actor: Actor, insight_id: int) -> Insight:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = visible_insights(actor).filter(pk=insight_id).first()
    if found is None:
        raise NotFound
    return found
