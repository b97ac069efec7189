"""Reads about the organisation and its members."""

from django.db.models import QuerySet

from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.people import policies
from twodesks.people.models import Member, Organisation


def organisation() -> Organisation | None:
    """The organisation, or None before the first run has made it."""
    return Organisation.objects.first()


def members(actor: Actor) -> QuerySet[Member]:
    """Members the actor may see, active ones first to last by name."""
    return Member.objects.filter(policies.members_visible_to(actor)).order_by("name", "pk")


def get_member(actor: Actor, member_id: int) -> Member:
    """Raises `NotFound`."""
    found = members(actor).filter(pk=member_id).first()
    if found is None:
        raise NotFound
    return found


def acting_member(actor: Actor) -> Member:
    """The member behind an actor. Raises `NotFound` for guests and the system."""
    if actor.member_id is None:
        raise NotFound
    return get_member(actor, actor.member_id)
