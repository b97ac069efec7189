"""Let somebody into a private channel."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import ChannelMembership, Following
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.people.queries import get_member


@operation("channels.add_channel_member")
def add_channel_member(*, actor: Actor, channel_id: int, member_id: int) -> None:
    """Stewards and administrators in the channel. The member follows it from now on."""
    channel = get_channel(actor, channel_id)
    policies.may_change(actor, channel).require()
    if not channel.is_private:
        raise Invalid("This channel is open, so everybody is in it already.")
    member = get_member(actor, member_id)
    if member.deactivated_at is not None:
        raise Invalid(f"{member.name} has left, so they cannot be added.", field="member")
    with transaction.atomic():
        ChannelMembership.objects.get_or_create(
            channel=channel, member_id=member.pk, defaults={"added_by_id": actor.member_id}
        )
        Following.objects.get_or_create(channel=channel, member_id=member.pk)
        record_statement(
            actor=actor,
            verb="added-member",
            object_type="channel",
            object_id=channel.pk,
            channel_id=channel.pk,
            result={"member_id": member.pk},
        )
    actor.forget()
