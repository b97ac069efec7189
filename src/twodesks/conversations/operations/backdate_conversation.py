"""Say that a conversation is older than its rows do: for what is loaded, such as the demo."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations.models import (
    AskedMember,
    Conversation,
    ConversationFollowing,
    Message,
    MessageThanks,
    MeToo,
    Reaction,
)
from twodesks.conversations.operations.start_conversation import FIRST_ALONE
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Invalid


@operation("conversations.backdate_conversation")
def backdate_conversation(
    *, actor: Actor, conversation_id: int, posted_at: Mapping[int, datetime], read_at: datetime | None = None
) -> None:
    """`posted_at` has a moment for each message; what was said to a message happened then, too.

    `read_at`: when those who follow it last looked. The system only; the ledger keeps when it was really written.
    Raises `Invalid` when a message has no moment.
    """
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update().get(pk=conversation_id)
        messages = list(Message.objects.filter(conversation=conversation))
        if {message.pk for message in messages} != set(posted_at):
            raise Invalid("Each message of the conversation needs a moment, and no other has one.")
        for message in messages:
            message.posted_at = posted_at[message.pk]
        Message.objects.bulk_update(messages, ["posted_at"])
        began, last = min(posted_at.values()), max(posted_at.values())
        conversation.started_at, conversation.last_message_at = began, last
        if conversation.accepted_message_id is not None:
            conversation.accepted_at = last
        conversation.save(update_fields=["started_at", "last_message_at", "accepted_at"])
        of_this = {"conversation": conversation}
        MeToo.objects.filter(**of_this).update(said_at=last)
        ConversationFollowing.objects.filter(**of_this).update(since=began, seen_at=read_at)
        asked = AskedMember.objects.filter(**of_this)
        asked.update(asked_at=began, opened_to_channel_at=began + FIRST_ALONE)
        asked.filter(answered_at__isnull=False).update(answered_at=last)
        for message_id, moment in posted_at.items():
            MessageThanks.objects.filter(message=message_id).update(given_at=moment)
            Reaction.objects.filter(message=message_id).update(given_at=moment)
        record_statement(
            actor=actor,
            verb="backdated",
            object_type="conversation",
            object_id=conversation_id,
            channel_id=conversation.channel_id,
        )
