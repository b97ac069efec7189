"""Hear of what is new in a conversation, or stop hearing of it."""

from django.utils import timezone

from twodesks.conversations.models import ConversationFollowing
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.follow_conversation")
def follow_conversation(*, actor: Actor, conversation_id: int, following: bool = True) -> None:
    """Not a statement: whom one listens to is nobody's business."""
    member = actor.require_member()
    conversation = get_conversation(actor, conversation_id)
    ConversationFollowing.objects.update_or_create(
        conversation=conversation,
        member_id=member,
        defaults={"muted_at": None if following else timezone.now()},
    )
