"""Reads about channels. Other apps build their own visibility on `visible_channels` and `get_channel`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from twodesks.channels import policies
from twodesks.channels.models import Channel, ChannelMembership, ChannelSteward, Following
from twodesks.kit.actor import Actor
from twodesks.kit.decision import Decision
from twodesks.kit.problem import NotFound
from twodesks.people.queries import active_members

if TYPE_CHECKING:
    from twodesks.people.models import Member


def visible_channels(actor: Actor) -> QuerySet[Channel]:
    return Channel.objects.filter(policies.visible_to(actor))


def visible_channel_ids(actor: Actor) -> list[int]:
    """Ids of all channels the actor sees, in one query for as long as the actor lives."""
    return policies.visible_ids(actor)


def in_visible_channels(actor: Actor, field: str = "channel") -> Q:
    """The condition for whatever lives in a channel: that its foreign key `field` names one the actor sees."""
    return policies.in_visible(actor, field)


def postable_channels(actor: Actor) -> QuerySet[Channel]:
    """Channels the actor may put something into, followed ones first: what a channel chooser offers."""
    followed = Following.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id or 0)
    return (
        visible_channels(actor)
        .filter(archived_at=None)
        .annotate(is_followed=Exists(followed))
        .order_by("-is_followed", "name")
    )


def get_channel(actor: Actor, channel_id: int) -> Channel:
    """Raises `NotFound`, also for a channel that the actor may not know of."""
    return _found(visible_channels(actor).filter(pk=channel_id))


def get_channel_by_slug(actor: Actor, slug: str) -> Channel:
    """Raises `NotFound`, also for a channel that the actor may not know of."""
    return _found(visible_channels(actor).filter(slug=slug))


def _found(channels: QuerySet[Channel]) -> Channel:
    found = channels.first()
    if found is None:
        raise NotFound
    return found


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
    counts: tuple[int, ...] = ()


def channel_rows(actor: Actor) -> list[ChannelRow]:
    """Every channel the actor sees, by name: two queries."""
    return [_row(channel) for channel in _with_people(actor).order_by("name")]


def _with_people(actor: Actor) -> QuerySet[Channel]:
    followers = Following.objects.filter(channel=OuterRef("pk")).order_by().values("channel")
    own = Following.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id or 0)
    return (
        visible_channels(actor)
        .annotate(
            follower_count=Coalesce(Subquery(followers.annotate(n=Count("pk")).values("n")), 0),
            is_followed=Exists(own),
            own_seen_at=Subquery(own.values("seen_at")[:1]),
        )
        .prefetch_related(
            Prefetch("stewardships", ChannelSteward.objects.select_related("member").order_by("added_at"))
        )
    )


def channel_row(actor: Actor, slug: str, counted: Sequence[Subquery] = ()) -> ChannelRow:
    """The same for one channel, with `counts` of what a page wants counted in it, in the same query.

    Raises `NotFound`, also for a channel that the actor may not know of.
    """
    names = {f"count_{place}": subquery for place, subquery in enumerate(counted)}
    found = _found(_with_people(actor).annotate(**names).filter(slug=slug))
    return replace(_row(found), counts=tuple(getattr(found, name) or 0 for name in names))


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
    people = active_members()
    if Channel.objects.filter(pk=channel_id, visibility=Channel.Visibility.PRIVATE).exists():
        people = people.filter(channel_memberships__channel_id=channel_id)
    return list(people.values_list("pk", "name"))


def people_who_see(channel_id: int, called: str, *, limit: int = 8) -> "list[Member]":
    """Active members who see a channel and one of whose names begins so, by name."""
    people = active_members()
    if Channel.objects.filter(pk=channel_id, visibility=Channel.Visibility.PRIVATE).exists():
        people = people.filter(channel_memberships__channel_id=channel_id)
    begins = Q(name__istartswith=called) | Q(name__icontains=f" {called}")
    return list(people.filter(begins).order_by("name")[:limit])


def members_of(actor: Actor, channel: Channel) -> "list[Member]":
    """Those in a private channel; those who follow an open one. At most 200, by name."""
    through = ChannelMembership if channel.is_private else Following
    rows = through._default_manager.filter(channel=channel).select_related("member").order_by("member__name")
    return [row.member for row in rows[:200]]


def followers_of(channel_id: int) -> set[int]:
    """Ids of the members who follow a channel, also of those who no longer see it. For telling, never for a page."""
    return set(Following.objects.filter(channel_id=channel_id).values_list("member_id", flat=True))
