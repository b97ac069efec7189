"""Give a side topic a conversation of its own."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_title
from twodesks.conversations.models import Conversation, ConversationFollowing, HiddenAsker, Message
from twodesks.conversations.operations.recount import recount
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("conversations.split_conversation")
def split_conversation(
    *, actor: Actor, conversation_id: int, message_ids: Sequence[int], title: str, kind: str | None = None
) -> Conversation:
    """Move these messages into a new conversation in the same channel; the old one says where they went.

    The opening message stays. Raises `Invalid` when none of the messages can go.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_arrange(actor, conversation).require()
    title = clean_title(title)
    if kind is not None and kind not in Conversation.Kind.values:
        raise Invalid("It is a question, a discussion, or a request to be shown something.", field="kind")
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation_id)
        opening = conversation.messages.order_by("posted_at", "pk").values_list("pk", flat=True).first()
        going = list(conversation.messages.filter(pk__in=set(message_ids) - {opening}).order_by("posted_at", "pk"))
        if not going:
            raise Invalid("Choose the messages that go; the first one of all stays here.", field="messages")
        first = going[0]
        new = Conversation.objects.create(
            channel_id=conversation.channel_id,
            kind=kind or conversation.kind,
            origin=conversation.origin,
            title=title,
            started_by_id=first.author_id,
            started_at=first.posted_at,
            split_from=conversation,
        )
        _keep_hidden(conversation, new, going)
        ids = [message.pk for message in going]
        if conversation.accepted_message_id in ids:
            conversation.forget_acceptance()
            conversation.save(update_fields=["accepted_message", "accepted_at", "accepted_by"])
        Message.objects.filter(pk__in=ids).update(conversation=new)
        # A reply quotes what it replies to, and the two may soon have other readers.
        Message.objects.filter(pk__in=ids).exclude(reply_to__in=ids).update(reply_to=None)
        conversation.messages.filter(reply_to__in=ids).update(reply_to=None)
        followers = {message.author_id for message in going if message.author_id}
        ConversationFollowing.objects.bulk_create(
            [ConversationFollowing(conversation=new, member_id=member) for member in followers], ignore_conflicts=True
        )
        recount(conversation_ids=[conversation.pk, new.pk])
        for one, context in ((new, {"from_id": conversation.pk}), (conversation, {"into_id": new.pk})):
            record_statement(
                actor=policies.as_peers_see(actor, conversation),
                verb="split",
                object_type="conversation",
                object_id=one.pk,
                channel_id=one.channel_id,
                context=context | {"message_ids": ids},
            )
        publish(f"conversation:{conversation.pk}", "arranged")
    new.refresh_from_db()
    return new


def _keep_hidden(old: Conversation, new: Conversation, going: Sequence[Message]) -> None:
    """Words of a hidden asker stay hidden, and theirs to edit, wherever they go."""
    if not any(message.author_id is None for message in going):
        return
    hidden = HiddenAsker.objects.filter(conversation=old).first()
    if hidden is not None:
        HiddenAsker.objects.create(conversation=new, member_id=hidden.member_id)
        if new.started_by_id is not None:
            # Only a conversation without a named starter may have messages without a name.
            new.started_by = None
            new.save(update_fields=["started_by"])
