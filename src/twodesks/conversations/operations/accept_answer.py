"""Say which message answered the question, or open the question again."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.models import Conversation
from twodesks.conversations.queries.finding import get_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid


@operation("conversations.accept_answer")
def accept_answer(*, actor: Actor, message_id: int) -> Conversation:
    """One answer at a time; accepting another replaces it. Raises `Denied` for others than the asker and stewards."""
    message = get_message(actor, message_id)
    policies.may_accept(actor, message.conversation).require()
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=message.conversation_id)
        message.refresh_from_db(fields=["removed_at", "conversation_id"])
        if message.conversation_id != conversation.pk:
            raise Conflict("This answer has just gone to another conversation. Reload the page and accept it there.")
        opening = conversation.messages.order_by("posted_at", "pk").values_list("pk", flat=True).first()
        if message.removed_at is not None or message.pk == opening:
            raise Invalid("Accept one of the answers. The question itself, or what was removed, is none.")
        if conversation.accepted_message_id == message.pk:
            return conversation
        hidden = policies.speaks_hidden(actor, conversation)
        conversation.accepted_message_id = message.pk
        conversation.accepted_at = timezone.now()
        conversation.accepted_by_id = None if hidden else actor.require_member()
        conversation.save(update_fields=["accepted_message", "accepted_at", "accepted_by"])
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="accepted",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"message_id": message.pk, "answerer_id": message.author_id},
        )
        publish(f"conversation:{conversation.pk}", "accepted", id=message.pk)
    return conversation
