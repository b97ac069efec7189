"""Have somebody look after a channel no longer."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import ChannelSteward
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("channels.remove_steward")
def remove_steward(*, actor: Actor, channel_id: int, member_id: int) -> None:
    """Stewards and administrators, or the steward themselves. A private channel keeps its last one."""
    channel = get_channel(actor, channel_id)
    policies.may_change(actor, channel).require()
    with transaction.atomic():
        stewards = list(
            ChannelSteward.objects.select_for_update().filter(channel=channel).values_list("member_id", flat=True)
        )
        if channel.is_private and stewards == [member_id]:
            raise Denied("They are the only one who looks after this channel. Ask somebody else to first.")
        ChannelSteward.objects.filter(channel=channel, member_id=member_id).delete()
        record_statement(
            actor=actor,
            verb="removed-steward",
            object_type="channel",
            object_id=channel.pk,
            channel_id=channel.pk,
            result={"member_id": member_id},
        )
