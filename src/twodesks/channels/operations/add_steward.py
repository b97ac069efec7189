"""Have somebody look after a channel."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import ChannelMembership, ChannelSteward, Following
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.queries import get_member


@operation("channels.add_steward")
def add_steward(*, actor: Actor, channel_id: int, member_id: int) -> None:
    """Stewards and administrators choose; anybody may take on an open channel that nobody looks after."""
    channel = get_channel(actor, channel_id)
    takes_on = member_id == actor.member_id and not channel.is_private and not channel.stewardships.exists()
    if not takes_on:
        policies.may_change(actor, channel).require()
    member = get_member(actor, member_id)
    with transaction.atomic():
        ChannelSteward.objects.get_or_create(
            channel=channel, member_id=member.pk, defaults={"added_by_id": actor.member_id}
        )
        Following.objects.get_or_create(channel=channel, member_id=member.pk)
        if channel.is_private:
            ChannelMembership.objects.get_or_create(
                channel=channel, member_id=member.pk, defaults={"added_by_id": actor.member_id}
            )
        record_statement(
            actor=actor,
            verb="added-steward",
            object_type="channel",
            object_id=channel.pk,
            channel_id=channel.pk,
            result={"member_id": member.pk},
        )
