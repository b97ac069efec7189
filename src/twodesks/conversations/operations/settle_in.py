"""What follows when messages come to live in another channel."""

from collections.abc import Sequence

from twodesks.conversations.models import AskedMember, Conversation, ConversationFollowing
from twodesks.conversations.queries.hearing import cannot_see
from twodesks.kit.actor import Actor
from twodesks.recordings.operations.refile_recordings import refile_recordings


def settle_in(
    *, actor: Actor, conversation: Conversation, recording_ids: Sequence[int], before_channel_id: int
) -> None:
    """The recordings of what came go with it; those who cannot see the channel hear of the conversation no more.

    Within the caller's transaction, after its permission.
    """
    if conversation.channel_id == before_channel_id:
        return
    refile_recordings(
        actor=actor,
        recording_ids=recording_ids,
        before_channel_id=before_channel_id,
        channel_id=conversation.channel_id,
    )
    shut_out = cannot_see(conversation)
    ConversationFollowing.objects.filter(conversation=conversation, member_id__in=shut_out).delete()
    AskedMember.objects.filter(conversation=conversation, member_id__in=shut_out).delete()
