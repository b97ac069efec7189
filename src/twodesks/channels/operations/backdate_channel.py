"""Say that a channel is older than the row does: for what is loaded, such as the demo."""

from datetime import datetime

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.models import Channel, ChannelMembership, ChannelSteward, Following
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("channels.backdate_channel")
def backdate_channel(*, actor: Actor, channel_id: int, created_at: datetime, seen_at: datetime | None = None) -> None:
    """Whoever follows it or is in it has been there from the start, or since they joined. The system only.

    `seen_at`: when its followers last looked.
    """
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        Channel.objects.filter(pk=channel_id).update(created_at=created_at)
        for model, field in ((ChannelMembership, "added_at"), (ChannelSteward, "added_at"), (Following, "since")):
            for row in model.objects.filter(channel_id=channel_id).select_related("member"):
                model.objects.filter(pk=row.pk).update(**{field: max(created_at, row.member.joined_at)})
        if seen_at is not None:
            Following.objects.filter(channel_id=channel_id).update(seen_at=seen_at)
        record_statement(
            actor=actor, verb="backdated", object_type="channel", object_id=channel_id, channel_id=channel_id
        )
