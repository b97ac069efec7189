"""Stop hearing of a channel on Home."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Following
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("channels.unfollow_channel")
def unfollow_channel(*, actor: Actor, channel_id: int) -> None:
    """One can still read and search it."""
    member_id = actor.require_member()
    channel = get_channel(actor, channel_id)
    with transaction.atomic():
        ended, _ = Following.objects.filter(channel=channel, member_id=member_id).delete()
        if ended:
            record_statement(
                actor=actor, verb="unfollowed", object_type="channel", object_id=channel.pk, channel_id=channel.pk
            )
    actor.forget()
