"""Say that a message helped, and how."""

from django.db import transaction
from django.db.models import F

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_remark
from twodesks.conversations.models import Message, MessageThanks
from twodesks.conversations.queries.finding import get_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("conversations.thank_for_message")
def thank_for_message(*, actor: Actor, message_id: int, words: str = "") -> MessageThanks:
    """Once for each message; thanking again in other words changes them. Raises `Invalid` for one's own message."""
    member = actor.require_member()
    message = get_message(actor, message_id)
    words = clean_remark(words, field="words")
    if message.author_id is None or policies.is_own(actor, message):
        raise Invalid("Thanks go to somebody else, by name. Reply to this one instead.")
    hidden = policies.speaks_hidden(actor, message.conversation)
    with transaction.atomic():
        thanks, is_new = MessageThanks.objects.update_or_create(
            message=message, giver_id=None if hidden else member,
            defaults={"words": words} if words else {},
            create_defaults={"words": words, "receiver_id": message.author_id},
        )  # fmt: skip
        if is_new:
            Message.objects.filter(pk=message.pk).update(thanks_count=F("thanks_count") + 1)
            record_statement(
                actor=policies.as_peers_see(actor, message.conversation),
                verb="thanked",
                object_type="conversation",
                object_id=message.conversation_id,
                channel_id=message.conversation.channel_id,
                result={"words": words} if words else {},
                context={"message_id": message.pk, "receiver_id": message.author_id, "thanks_id": thanks.pk},
            )
            publish(f"conversation:{message.conversation_id}", "edited", id=message.pk)
    return thanks
