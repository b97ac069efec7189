"""Say what became of a message that came after the capture."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture.models import PossibleUpdate
from twodesks.capture.queries.kept import get_update
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("capture.settle_update")
def settle_update(*, actor: Actor, update_id: int) -> PossibleUpdate:
    """It changes nothing in the insight: it is not shown again. To add it, use `append_to_insight`."""
    update = get_update(actor, update_id)
    get_insight(actor, update.link.insight_id)
    if update.settled_at is not None:
        return update
    with transaction.atomic():
        update.outcome = PossibleUpdate.Outcome.DISMISSED
        update.settled_at, update.settled_by_id = timezone.now(), actor.require_member()
        update.save(update_fields=["outcome", "settled_at", "settled_by"])
        record_statement(
            actor=actor,
            verb="settled",
            object_type="insight",
            object_id=update.link.insight_id,
            channel_id=update.link.insight.channel_id,
            context={"message_id": update.message_id},
        )
    return update
