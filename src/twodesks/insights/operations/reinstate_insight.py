"""Bring back a withdrawn insight, or a draft that was thrown away."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Insight
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.reinstate_insight")
def reinstate_insight(*, actor: Actor, insight_id: int) -> Insight:
    """Whoever saw it sees it again. Doing it twice changes nothing."""
    policies.may_withdraw(actor, get_insight(actor, insight_id)).require()
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.withdrawn_at is None:
            return insight
        insight.withdrawn_at = insight.withdrawn_by = None
        insight.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_statement(
            actor=actor, verb="reinstated", object_type="insight", object_id=insight.pk, channel_id=insight.channel_id
        )
    return insight
