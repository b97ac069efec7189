"""Let the member who a name from elsewhere was into the channels that the name was in or looked after."""

from django.utils import timezone

from twodesks.channels.models import ChannelMembership, ChannelSteward, Following
from twodesks.kit.operation import operation


@operation("channels.adopt_memberships")
def adopt_memberships(*, placeholder_id: int, member_id: int, confirmed_by_id: int | None) -> None:
    """When a claim was confirmed, in its transaction."""
    held = list(ChannelMembership.objects.filter(member_id=placeholder_id).values_list("channel_id", flat=True))
    ChannelMembership.objects.bulk_create(
        [
            ChannelMembership(channel_id=channel_id, member_id=member_id, added_by_id=confirmed_by_id)
            for channel_id in held
        ],
        ignore_conflicts=True,
    )
    Following.objects.bulk_create(
        [Following(channel_id=channel_id, member_id=member_id, since=timezone.now()) for channel_id in held],
        ignore_conflicts=True,
    )
    ChannelMembership.objects.filter(member_id=placeholder_id).delete()
    looked_after = list(ChannelSteward.objects.filter(member_id=placeholder_id).values_list("channel_id", flat=True))
    ChannelSteward.objects.bulk_create(
        [
            ChannelSteward(channel_id=channel_id, member_id=member_id, added_by_id=confirmed_by_id)
            for channel_id in looked_after
        ],
        ignore_conflicts=True,
    )
    ChannelSteward.objects.filter(member_id=placeholder_id).delete()
