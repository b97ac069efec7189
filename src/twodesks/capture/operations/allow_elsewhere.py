"""Let what was said in a private channel be read elsewhere, as part of one insight."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture.models import ConversationInsight
from twodesks.capture.queries.kept import get_capture
from twodesks.channels.queries import may_change
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("capture.allow_elsewhere")
def allow_elsewhere(*, actor: Actor, capture_id: int) -> ConversationInsight:
    """For those who look after the private channel. The conversation itself stays private. Raises `Denied`."""
    link = get_capture(actor, capture_id)
    channel = link.conversation.channel
    may_change(actor, channel).require()
    if link.allowed_at is not None:
        return link
    with transaction.atomic():
        link.allowed_at, link.allowed_by_id = timezone.now(), actor.require_member()
        link.save(update_fields=["allowed_at", "allowed_by"])
        record_statement(
            actor=actor,
            verb="allowed",
            object_type="conversation",
            object_id=link.conversation_id,
            channel_id=channel.pk,
            context={"insight_id": link.insight_id},
        )
    return link
