"""Reads about channels. Other apps build their own visibility on `visible_channels` and `get_channel`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from twodesks.channels import policies
from twodesks.channels.models import Channel, ChannelMembership, ChannelSteward, Following
from twodesks.kit.actor import Actor, guest
from twodesks.kit.decision import Decision
from twodesks.kit.problem import NotFound
from twodesks.people.queries import active_members
from twodesks.rows.prepared import Text, prepared

if TYPE_CHECKING:
    from twodesks.people.models import Member


_COUNT = "count_of_"


def visible_channels(actor: Actor) -> QuerySet[Channel]:
    return Channel.objects.filter(policies.visible_to(actor))


def visible_channel_ids(actor: Actor) -> list[int]:
    """Ids of all channels the actor sees, in one query for as long as the actor lives."""
    return policies.visible_ids(actor)


def in_visible_channels(actor: Actor, field: str = "channel") -> Q:
    """The condition for whatever lives in a channel: that its foreign key `field` names one the actor sees."""
    return policies.in_visible(actor, field)


def postable_channels(actor: Actor) -> list[Channel]:
    """Channels the actor may put something into, followed ones first: what a channel chooser offers."""
    return _postable(actor)


@prepared
def _postable(actor: Actor) -> QuerySet[Channel]:
    followed = Following.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id or 0)
    return (
        visible_channels(actor)
        .filter(archived_at=None)
        .annotate(is_followed=Exists(followed))
        .order_by("-is_followed", "name")
    )


def get_channel(actor: Actor, channel_id: int) -> Channel:
    """Raises `NotFound`, also for a channel that the actor may not know of."""
    return _the_one(_by_id(actor, channel_ids=[channel_id]))


def get_channel_by_slug(actor: Actor, slug: str) -> Channel:
    """Raises `NotFound`, also for a channel that the actor may not know of."""
    return _the_one(_by_slug(actor, slug=Text(slug)))


def channels_by_id(actor: Actor, channel_ids: Iterable[int]) -> dict[int, Channel]:
    """Those of them that the actor sees."""
    wanted = list(channel_ids)
    return {channel.pk: channel for channel in _by_id(actor, channel_ids=wanted)} if wanted else {}


def _the_one(found: list[Channel]) -> Channel:
    if not found:
        raise NotFound
    return found[0]


@prepared
def _by_id(actor: Actor, channel_ids: list[int]) -> QuerySet[Channel]:
    return visible_channels(actor).filter(**{"pk__any_of": channel_ids})


@prepared
def _by_slug(actor: Actor, slug: Text) -> QuerySet[Channel]:
    return visible_channels(actor).filter(slug=slug)


def may_post(actor: Actor, channel: Channel) -> Decision:
    return policies.may_post(actor, channel)


def may_change(actor: Actor, channel: Channel) -> Decision:
    return policies.may_change(actor, channel)


def followed_channel_ids(actor: Actor) -> list[int]:
    """Channels the actor follows and still sees."""
    return policies.followed_ids(actor)


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One line of the list of channels. `seen_at` is None for those the actor does not follow."""

    channel: Channel
    stewards: "list[Member]"
    followers: int
    is_followed: bool
    seen_at: datetime | None
    counts: Mapping[str, int] = field(default_factory=dict)


Counted = Callable[[Actor], Mapping[str, Subquery]]


def channel_rows(actor: Actor) -> list[ChannelRow]:
    """Every channel the actor sees, by name: two queries."""
    stewards = Prefetch("stewardships", _stewardships())
    return [_row(channel) for channel in _with_people(actor).prefetch_related(stewards).order_by("name")]


def _with_people(actor: Actor) -> QuerySet[Channel]:
    followers = Following.objects.filter(channel=OuterRef("pk")).order_by().values("channel")
    own = Following.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id or 0)
    return visible_channels(actor).annotate(
        follower_count=Coalesce(Subquery(followers.annotate(n=Count("pk")).values("n")), 0),
        is_followed=Exists(own),
        own_seen_at=Subquery(own.values("seen_at")[:1]),
    )


def channel_row(actor: Actor, slug: str, counted: Counted | None = None) -> ChannelRow:
    """The same for one channel, with `counts` of what a page wants counted in it, in the same query.

    `counted` is a function of a module, since what it gives is prepared once (`rows.prepared`). Raises `NotFound`,
    also for a channel that the actor may not know of.
    """
    found = _the_one(_whole(actor, slug=Text(slug), counted=counted))
    stewards = _stewards(actor, channel_id=found.pk)
    # The page asks who looks after the channel once more, by its relation.
    found._prefetched_objects_cache = {"stewardships": stewards}  # type: ignore[attr-defined]
    counts = {name.removeprefix(_COUNT): count or 0 for name, count in vars(found).items() if name.startswith(_COUNT)}
    return replace(_row(found), counts=counts)


@prepared
def _whole(actor: Actor, slug: Text, counted: Counted | None) -> QuerySet[Channel]:
    counts = counted(actor) if counted else {}
    return _with_people(actor).annotate(**{f"{_COUNT}{name}": each for name, each in counts.items()}).filter(slug=slug)


@prepared
def _stewards(actor: Actor, channel_id: int) -> QuerySet[ChannelSteward]:
    return _stewardships().filter(channel_id=channel_id)


def _stewardships() -> QuerySet[ChannelSteward]:
    return ChannelSteward.objects.select_related("member").order_by("added_at")


def _row(channel: Channel) -> ChannelRow:
    return ChannelRow(
        channel=channel,
        stewards=[stewardship.member for stewardship in channel.stewardships.all()],
        followers=channel.follower_count,  # type: ignore[attr-defined]
        is_followed=channel.is_followed,  # type: ignore[attr-defined]
        seen_at=channel.own_seen_at,  # type: ignore[attr-defined]
    )


def may_see(actor: Actor, channel_id: int) -> bool:
    return visible_channels(actor).filter(pk=channel_id).exists()


def members_who_see(channel_id: int) -> list[tuple[int, str]]:
    """Ids and names of the active members who see a channel: everybody for an open one."""
    return list(_who_see(channel_id).values_list("pk", "name"))


def ids_who_see(channel_id: int) -> set[int]:
    """Ids of the active members who see a channel."""
    return {row["pk"] for row in _ids_who_see(guest(), channel_id=channel_id)}


@prepared
def _ids_who_see(actor: Actor, channel_id: int) -> "QuerySet[Member, Any]":
    return _who_see(channel_id).values("pk")


def _who_see(channel_id: int) -> "QuerySet[Member]":
    is_private = Channel.objects.filter(pk=channel_id, visibility=Channel.Visibility.PRIVATE)
    inside = ChannelMembership.objects.filter(channel_id=channel_id, member_id=OuterRef("pk"))
    return active_members().filter(~Exists(is_private) | Exists(inside))


def people_who_see(channel_id: int, called: str, *, limit: int = 8) -> "list[Member]":
    """Active members who see a channel and one of whose names begins so, by name."""
    begins = Q(name__istartswith=called) | Q(name__icontains=f" {called}")
    return list(_who_see(channel_id).filter(begins).order_by("name")[:limit])


def members_of(actor: Actor, channel: Channel) -> "list[Member]":
    """Those in a private channel; those who follow an open one. At most 200, by name."""
    through = ChannelMembership if channel.is_private else Following
    rows = through._default_manager.filter(channel=channel).select_related("member").order_by("member__name")
    return [row.member for row in rows[:200]]


def followers_of(channel_id: int) -> set[int]:
    """Ids of the members who follow a channel, also of those who no longer see it. For telling, never for a page."""
    return set(Following.objects.filter(channel_id=channel_id).values_list("member_id", flat=True))
