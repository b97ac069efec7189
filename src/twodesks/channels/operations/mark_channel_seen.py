"""Remember that a follower has looked at a channel, so that what is new can be told."""

from django.utils import timezone

from twodesks.channels.models import Following
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("channels.mark_channel_seen")
def mark_channel_seen(*, actor: Actor, channel_id: int) -> None:
    """Changes nothing for members who do not follow it. Not a statement: looking is nobody's business."""
    Following.objects.filter(channel_id=channel_id, member_id=actor.member_id or 0).update(seen_at=timezone.now())
