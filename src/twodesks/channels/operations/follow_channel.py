"""Hear of a channel on Home."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Following
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("channels.follow_channel")
def follow_channel(*, actor: Actor, channel_id: int) -> None:
    """Any channel one sees; following twice changes nothing."""
    member_id = actor.require_member()
    channel = get_channel(actor, channel_id)
    with transaction.atomic():
        _, began = Following.objects.get_or_create(channel=channel, member_id=member_id)
        if began:
            record_statement(
                actor=actor, verb="followed", object_type="channel", object_id=channel.pk, channel_id=channel.pk
            )
    actor.forget()
