"""Take a message out of sight, or bring it back."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.queries.finding import get_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.remove_message")
def remove_message(*, actor: Actor, message_id: int, removed: bool = True) -> Message:
    """Its place stays, with who removed it and when; an accepted answer that is removed is no longer accepted.

    With `removed` False it comes back. Raises `Denied`; for authors also where somebody else took it out of sight.
    """
    found = get_message(actor, message_id)
    (policies.may_remove(actor, found) if removed else policies.may_restore(actor, found)).require()
    with transaction.atomic():
        message = Message.objects.select_for_update(of=("self",)).select_related("conversation").get(pk=message_id)
        if (message.removed_at is not None) == removed:
            return message
        conversation = message.conversation
        # Words of others are removed by right of the channel, and under one's name: no asker could do that.
        hidden = message.author_id is None and policies.is_own(actor, message)
        message.removed_at = timezone.now() if removed else None
        message.removed_by_id = actor.member_id if removed and not hidden else None
        message.save(update_fields=["removed_at", "removed_by"])
        if removed and conversation.accepted_message_id == message.pk:
            Conversation.objects.filter(pk=conversation.pk).update(
                accepted_message=None, accepted_at=None, accepted_by=None
            )
        if message.author_id is not None and message.author_id != conversation.started_by_id:
            Conversation.objects.filter(pk=conversation.pk).update(
                answer_count=F("answer_count") + (-1 if removed else 1)
            )
        record_statement(
            actor=policies.as_peers_see(actor, conversation) if hidden else actor,
            verb="removed" if removed else "restored",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"message_id": message.pk},
        )
        publish(f"conversation:{conversation.pk}", "edited", id=message.pk)
    return message
