"""How members want to be told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q

from twodesks.channels.queries import get_channel, visible_channels
from twodesks.kit.actor import Actor
from twodesks.notifications.engine.hours import DIGEST_HOUR
from twodesks.notifications.engine.kinds import BY_CHANNEL, KIND, KINDS, How, Kind
from twodesks.notifications.models import NotificationChoice, NotificationHours


def hows_of(told: Mapping[int, str], channel_id: int | None) -> dict[int, How]:
    """For each member the way in which they want to hear of their kind: the channel's, else their own, else ours."""
    chosen = NotificationChoice.objects.filter(
        Q(channel=None) | Q(channel_id=channel_id or 0), member__in=list(told), kind__in=set(told.values())
    ).order_by(F("channel_id").asc(nulls_first=True))
    # What stands for the channel comes last, and wins.
    found = {(member_id, kind): How(how) for member_id, kind, how in chosen.values_list("member_id", "kind", "how")}
    return {member_id: found.get((member_id, kind), KIND[kind].default) for member_id, kind in told.items()}


def hours_of(member_id: int) -> NotificationHours:
    """As chosen, else (unsaved) ours."""
    found = NotificationHours.objects.filter(member_id=member_id).first()
    return found or NotificationHours(member_id=member_id, digest_hour=DIGEST_HOUR)


def hours_by_member(members: Iterable[int]) -> dict[int, NotificationHours]:
    return {one.member_id: one for one in NotificationHours.objects.filter(member__in=list(members))}


@dataclass(frozen=True, slots=True)
class ChannelChoices:
    """`hows`: by kind, empty where the member's own choice for the kind holds."""

    channel_id: int
    name: str
    hows: dict[str, str]


@dataclass(frozen=True, slots=True)
class Choices:
    kinds: list[tuple[Kind, How]]
    channels: list[ChannelChoices]
    hours: NotificationHours


def choices_of(actor: Actor) -> Choices:
    """What a member chose, for the page where they change it: three queries."""
    member = actor.require_member()
    own: dict[int | None, dict[str, str]] = {}
    for channel_id, kind, how in NotificationChoice.objects.filter(member_id=member).values_list(
        "channel_id", "kind", "how"
    ):
        own.setdefault(channel_id, {})[kind] = how
    followed = visible_channels(actor).filter(followings__member_id=member).order_by("name")
    general = own.get(None, {})
    return Choices(
        kinds=[(kind, How(general.get(kind.name, kind.default))) for kind in KINDS],
        channels=[
            ChannelChoices(
                channel.pk,
                str(channel),
                {kind.name: own.get(channel.pk, {}).get(kind.name, "") for kind in BY_CHANNEL},
            )
            for channel in followed
        ],
        hours=hours_of(member),
    )


def choices_in(actor: Actor, channel_id: int) -> ChannelChoices:
    """What a member chose for everything that comes of one channel, followed or not. Raises `NotFound`."""
    channel = get_channel(actor, channel_id)
    own = NotificationChoice.objects.filter(member_id=actor.require_member(), channel_id=channel.pk)
    chosen = dict(own.values_list("kind", "how"))
    return ChannelChoices(channel.pk, str(channel), {kind.name: chosen.get(kind.name, "") for kind in KINDS})


def mailed_in(actor: Actor, kind: str) -> list[int]:
    """Channels of which a member chose to have this kind by mail, though not everywhere."""
    own = NotificationChoice.objects.filter(member_id=actor.require_member(), kind=kind, how=How.MAIL)
    return list(own.filter(channel__in=visible_channels(actor)).values_list("channel_id", flat=True))
