"""Remember that a follower has read a conversation up to now."""

from django.utils import timezone

from twodesks.conversations.models import ConversationFollowing
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("conversations.mark_conversation_seen")
def mark_conversation_seen(*, actor: Actor, conversation_id: int) -> None:
    """Changes nothing for members who do not follow it. Not a statement: reading is nobody's business."""
    ConversationFollowing.objects.filter(conversation_id=conversation_id, member_id=actor.member_id or 0).update(
        seen_at=timezone.now()
    )
