"""Take somebody out of a private channel."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import ChannelMembership, ChannelSteward, Following
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Invalid


@operation("channels.remove_channel_member")
def remove_channel_member(*, actor: Actor, channel_id: int, member_id: int) -> None:
    """Stewards and administrators in the channel, or the member themselves. The last steward stays."""
    channel = get_channel(actor, channel_id)
    if member_id != actor.member_id:
        policies.may_change(actor, channel).require()
    if not channel.is_private:
        raise Invalid("This channel is open, so nobody can be taken out of it.")
    with transaction.atomic():
        stewards = list(
            ChannelSteward.objects.select_for_update().filter(channel=channel).values_list("member_id", flat=True)
        )
        if stewards == [member_id]:
            raise Denied("They are the only one who looks after this channel. Ask somebody else to first.")
        for rows in (ChannelSteward, Following, ChannelMembership):
            rows._default_manager.filter(channel=channel, member_id=member_id).delete()
        record_statement(
            actor=actor,
            verb="removed-member",
            object_type="channel",
            object_id=channel.pk,
            channel_id=channel.pk,
            result={"member_id": member_id},
        )
    actor.forget()
