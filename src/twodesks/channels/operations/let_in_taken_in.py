"""Let those into a private channel who have joined it where it came from."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Channel, ChannelMembership, Following
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("channels.let_in_taken_in")
def let_in_taken_in(*, actor: Actor, channel_id: int, member_ids: Sequence[int]) -> list[int]:
    """Those who were not in it yet, in the caller's transaction. Nobody is put out, and an open channel is left alone.

    The import that calls it has made the channel. Raises `Denied` for anybody but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring channels in.")
    importer, now = actor.require_member(), timezone.now()
    with transaction.atomic():
        if not Channel.objects.filter(pk=channel_id, visibility=Channel.Visibility.PRIVATE).exists():
            return []
        inside = ChannelMembership.objects.filter(channel_id=channel_id).values_list("member_id", flat=True)
        new = sorted(set(member_ids) - set(inside))
        ChannelMembership.objects.bulk_create(
            [ChannelMembership(channel_id=channel_id, member_id=one, added_by_id=importer) for one in new]
        )
        Following.objects.bulk_create(
            [Following(channel_id=channel_id, member_id=one, since=now, seen_at=now) for one in new],
            ignore_conflicts=True,
        )
        for one in new:
            record_statement(
                actor=actor,
                verb="added-member",
                object_type="channel",
                object_id=channel_id,
                channel_id=channel_id,
                result={"member_id": one},
            )
    return new
