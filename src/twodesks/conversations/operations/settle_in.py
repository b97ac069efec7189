"""What follows when messages come to live in another channel."""

from collections.abc import Sequence

from twodesks.conversations.models import AskedMember, Conversation, ConversationFollowing, Message
from twodesks.conversations.queries.hearing import cannot_see
from twodesks.kit.actor import Actor
from twodesks.recordings.operations.refile_recordings import refile_recordings


def settle_in(*, actor: Actor, conversation: Conversation, message_ids: Sequence[int], before_channel_id: int) -> None:
    """Recordings go where they are spoken of; those who cannot see the channel hear of the conversation no more.

    Within the caller's transaction, after its permission.
    """
    if conversation.channel_id == before_channel_id:
        return
    heard = Message.objects.filter(pk__in=message_ids, recording__isnull=False).values_list("recording_id", flat=True)
    refile_recordings(
        actor=actor,
        recording_ids=list(heard),
        before_channel_id=before_channel_id,
        channel_id=conversation.channel_id,
    )
    shut_out = cannot_see(conversation)
    ConversationFollowing.objects.filter(conversation=conversation, member_id__in=shut_out).delete()
    AskedMember.objects.filter(conversation=conversation, member_id__in=shut_out).delete()
