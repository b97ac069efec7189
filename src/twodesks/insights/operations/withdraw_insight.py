"""Take an insight out of sight."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Insight
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.withdraw_insight")
def withdraw_insight(*, actor: Actor, insight_id: int) -> Insight:
    """Its author alone sees it from now on, and can bring it back. Doing it twice changes nothing."""
    policies.may_withdraw(actor, get_insight(actor, insight_id)).require()
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.withdrawn_at is not None:
            return insight
        insight.withdrawn_at, insight.withdrawn_by_id = timezone.now(), actor.member_id
        insight.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_statement(
            actor=actor, verb="withdrew", object_type="insight", object_id=insight.pk, channel_id=insight.channel_id
        )
    return insight
