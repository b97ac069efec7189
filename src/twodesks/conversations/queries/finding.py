"""One conversation, one message, and what of them an actor sees."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Q, QuerySet

from twodesks.conversations import policies
from twodesks.conversations.models import Conversation, Message, MessageAttachment
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound


def visible_conversations(actor: Actor) -> QuerySet[Conversation]:
    """Those the actor sees, without those that were merged into others."""
    return Conversation.objects.filter(policies.visible_to(actor), merged_into=None)


def visible_messages(actor: Actor) -> QuerySet[Message]:
    """What was said in conversations that the actor sees, removed ones left out."""
    return Message.objects.filter(conversation__in=visible_conversations(actor), removed_at=None)


def messages_in_order(actor: Actor, conversation_ids: Collection[int]) -> dict[int, list[Message]]:
    """Every message of those that the actor sees, by conversation, with its recording's captions; removed ones too."""
    said: dict[int, list[Message]] = defaultdict(list)
    found = Message.objects.filter(
        conversation__in=visible_conversations(actor).filter(pk__in=conversation_ids)
    ).select_related("recording__captions")
    for message in found.order_by("conversation", "posted_at", "pk"):
        said[message.conversation_id].append(message)
    return said


def conversations_with_recording(actor: Actor, recording_id: int) -> list[int]:
    """Those in which it is a message, or the call that they were said in."""
    is_said = Q(messages__recording_id=recording_id) | Q(recording_id=recording_id)
    return list(visible_conversations(actor).filter(is_said).values_list("pk", flat=True).distinct())


def get_conversation(actor: Actor, conversation_id: int) -> Conversation:
    """Raises `NotFound`, also for one that the actor may not know of, and for one that was merged away."""
    found = visible_conversations(actor).select_related("channel").filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def called(actor: Actor, words: str, *, except_id: int, limit: int = 20) -> list[Conversation]:
    """Those whose titles hold every word, newest first; the actor may post into each."""
    found = visible_conversations(actor).select_related("channel").exclude(pk=except_id)
    for word in words.split()[:8]:
        found = found.filter(title__icontains=word)
    return list(found.filter(channel__archived_at=None).order_by("-last_message_at")[:limit])


def merged_into(actor: Actor, conversation_id: int) -> int | None:
    """Where a merged conversation went, if the actor sees that."""
    gone = Conversation.objects.filter(policies.visible_to(actor), pk=conversation_id, merged_into__isnull=False)
    target = gone.values_list("merged_into_id", flat=True).first()
    return target if target and visible_conversations(actor).filter(pk=target).exists() else None


def get_message(actor: Actor, message_id: int) -> Message:
    """Removed ones too: their place is still there. Raises `NotFound`."""
    found = (
        Message.objects.select_related("conversation__channel", "author")
        .filter(pk=message_id, conversation__in=visible_conversations(actor))
        .first()
    )
    if found is None:
        raise NotFound
    return found


def get_attachment(actor: Actor, attachment_id: int) -> MessageAttachment:
    """Raises `NotFound`, also when its message is removed. One that waits to be sent is its owner's alone."""
    sent = Q(message__in=visible_messages(actor))
    waiting = Q(message=None, added_by_id=actor.member_id or 0)
    found = MessageAttachment.objects.select_related("media_file").filter(sent | waiting, pk=attachment_id).first()
    if found is None:
        raise NotFound
    return found


def may_hear(actor: Actor, conversation_id: int) -> bool:
    return visible_conversations(actor).filter(pk=conversation_id).exists()
