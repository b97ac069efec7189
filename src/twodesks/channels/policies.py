"""Who may see and change channels. Everything that lives in a channel builds on `visible_to`."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from twodesks.channels.models import Channel, ChannelMembership, Following
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny
from twodesks.rows.prepared import allow_scope, prepared


def visible_to(actor: Actor) -> Q:
    """Open channels for every member; private ones for those in them (administrators too only when in them)."""
    if actor.is_system:
        return Q()
    if actor.member_id is None:
        return Q(pk__in=[])
    inside = ChannelMembership.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id)
    return Q(visibility=Channel.Visibility.OPEN) | Q(Exists(inside))


def in_visible(actor: Actor, field: str = "channel") -> Q:
    """That `field`, a foreign key to a channel, names one the actor sees: the same rule, looked up once an actor."""
    if actor.is_system:
        return Q(**{f"{field}__isnull": False})
    return Q(**{f"{field}__any_of": visible_ids(actor)})


def visible_ids(actor: Actor) -> list[int]:
    return _ids(actor, "channels")


def followed_ids(actor: Actor) -> list[int]:
    """Of the channels that the actor sees, those they follow."""
    return _ids(actor, "followed")


def _ids(actor: Actor, which: str) -> list[int]:
    """One query for as long as the actor lives."""
    if which not in actor.memo:
        rows = _seen(actor)
        actor.memo["channels"] = [row["pk"] for row in rows]
        actor.memo["followed"] = [row["pk"] for row in rows if row["is_followed"]]
    ids: list[int] = actor.memo[which]
    return ids


@prepared
def _seen(actor: Actor) -> QuerySet[Channel, Any]:
    follows = Following.objects.filter(channel=OuterRef("pk"), member_id=actor.member_id or 0)
    return Channel.objects.filter(visible_to(actor)).annotate(is_followed=Exists(follows)).values("pk", "is_followed")


allow_scope("channels", visible_ids)
allow_scope("followed", followed_ids)


def is_steward(actor: Actor, channel: Channel) -> bool:
    """Reads `stewardships` by its relation, so that a page that has fetched them pays nothing."""
    return any(stewardship.member_id == actor.member_id for stewardship in channel.stewardships.all())


def may_create(actor: Actor) -> Decision:
    return ALLOW if not actor.is_guest else deny("Sign in to make a channel.")


def may_change(actor: Actor, channel: Channel) -> Decision:
    """Its stewards, and administrators who can see it."""
    if actor.is_administrator or is_steward(actor, channel):
        return ALLOW
    return deny(f"Those who look after {channel} can change it. They are named on its page.")


def may_post(actor: Actor, channel: Channel) -> Decision:
    """Put something into a channel: whoever sees it, while it is not archived."""
    if channel.archived_at is not None:
        return deny(f"{channel} is archived, so nothing new goes in. Choose another channel.")
    return ALLOW if not actor.is_guest else deny("Sign in first.")
