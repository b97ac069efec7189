"""Say that an insight is still right."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Insight
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.check_insight")
def check_insight(*, actor: Actor, insight_id: int) -> Insight:
    """It counts as fresh from now on; what did not work before is settled by this."""
    policies.may_check(actor, get_insight(actor, insight_id)).require()
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        insight.checked_at, insight.checked_by_id = timezone.now(), actor.require_member()
        insight.save(update_fields=["checked_at", "checked_by"])
        record_statement(
            actor=actor, verb="checked", object_type="insight", object_id=insight.pk, channel_id=insight.channel_id
        )
    return insight
