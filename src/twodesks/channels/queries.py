"""Reads about channels. Other apps build their own visibility on `visible_channels` and `get_channel`."""

from django.db.models import QuerySet

from twodesks.channels import policies
from twodesks.channels.models import Channel
from twodesks.kit.actor import Actor
from twodesks.kit.decision import Decision
from twodesks.kit.problem import NotFound


def visible_channels(actor: Actor) -> QuerySet[Channel]:
    return Channel.objects.filter(policies.visible_to(actor))


def visible_channel_ids(actor: Actor) -> list[int]:
    """Ids of all channels the actor sees, in one query."""
    return list(visible_channels(actor).values_list("pk", flat=True))


def get_channel(actor: Actor, channel_id: int) -> Channel:
    """Raises `NotFound`, also for a channel that the actor may not know of."""
    found = visible_channels(actor).filter(pk=channel_id).first()
    if found is None:
        raise NotFound
    return found


def may_post(actor: Actor, channel: Channel) -> Decision:
    return policies.may_post(actor, channel)


def may_change(actor: Actor, channel: Channel) -> Decision:
    return policies.may_change(actor, channel)
