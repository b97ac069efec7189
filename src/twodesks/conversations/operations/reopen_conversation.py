"""Say that a question is not answered after all."""

from django.db import transaction

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import Conversation
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.reopen_conversation")
def reopen_conversation(*, actor: Actor, conversation_id: int) -> Conversation:
    """The answer stays where it is, but no longer counts as the one. Changes nothing where none was accepted."""
    policies.may_accept(actor, get_conversation(actor, conversation_id)).require()
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
        before = conversation.accepted_message_id
        if before is None:
            return conversation
        conversation.forget_acceptance()
        conversation.save(update_fields=["accepted_message", "accepted_at", "accepted_by"])
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="reopened",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"message_id": before},
        )
        publish(f"conversation:{conversation.pk}", "accepted", id=None)
    return conversation
