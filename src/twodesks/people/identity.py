"""From a request to an actor: the only place that reads who is signed in."""

from django.http import HttpRequest

from twodesks.kit.actor import Actor, Door, guest
from twodesks.kit.problem import SignInNeeded
from twodesks.people.models import Member

_KEPT = "twodesks_actor"


def actor_of(request: HttpRequest, door: Door = Door.WEB) -> Actor:
    """The actor of a request, the same for as long as it lives; a guest when nobody is signed in."""
    user = request.user
    actor = user.as_actor(door) if isinstance(user, Member) and user.is_active else guest(door)
    known: Actor | None = getattr(request, _KEPT, None)
    # Signing in or out in between makes it somebody else.
    if known != actor:
        setattr(request, _KEPT, actor)
        return actor
    return known


def member_actor(request: HttpRequest, door: Door = Door.WEB) -> Actor:
    """The actor of a request that only members may make. Raises `SignInNeeded`."""
    actor = actor_of(request, door)
    if actor.is_guest:
        raise SignInNeeded
    return actor


def signed_in(request: HttpRequest) -> Member:
    """The member who makes a request, as the session has fetched them. Raises `SignInNeeded`."""
    user = request.user
    if isinstance(user, Member) and user.is_active:
        return user
    raise SignInNeeded
