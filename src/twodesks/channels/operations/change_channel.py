"""Change what a channel is called, is for, and who may see it."""

from django.db import IntegrityError, transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels import policies
from twodesks.channels.models import Channel, ChannelMembership, Following
from twodesks.channels.operations.create_channel import clean_name
from twodesks.channels.queries import get_channel
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("channels.change_channel")
def change_channel(*, actor: Actor, channel_id: int, name: str, purpose: str, visibility: str) -> Channel:
    """Stewards and administrators. An open channel made private keeps its stewards and followers as members.

    Its address stays, so that links go on working. Raises `Invalid`, `Denied` or `NotFound`.
    """
    channel = get_channel(actor, channel_id)
    policies.may_change(actor, channel).require()
    name, _ = clean_name(name)
    if visibility not in Channel.Visibility.values:
        raise Invalid("A channel is open or private.", field="visibility")
    closes = visibility == Channel.Visibility.PRIVATE and not channel.is_private
    channel.name, channel.purpose, channel.visibility = name, purpose.strip()[:280], visibility
    try:
        with transaction.atomic():
            channel.save(update_fields=["name", "purpose", "visibility"])
            if closes:
                keep = set(Following.objects.filter(channel=channel).values_list("member_id", flat=True))
                keep |= set(channel.stewardships.values_list("member_id", flat=True)) | {actor.require_member()}
                ChannelMembership.objects.bulk_create(
                    [ChannelMembership(channel=channel, member_id=m, added_by_id=actor.member_id) for m in keep],
                    ignore_conflicts=True,
                )
            record_statement(
                actor=actor, verb="changed", object_type="channel", object_id=channel.pk, channel_id=channel.pk
            )
        actor.forget()
    except IntegrityError as error:
        raise Invalid("There is a channel of this name already. Choose another.", field="name") from error
    return channel
