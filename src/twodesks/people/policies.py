"""Who may see and change members and invitations."""

from django.db.models import Q

from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny


def members_visible_to(actor: Actor) -> Q:
    """Every member sees every member, those who left included (their credits stay); guests see nobody."""
    return Q(pk__in=[]) if actor.is_guest else Q()


def may_invite(actor: Actor) -> Decision:
    return ALLOW if not actor.is_guest else deny("Sign in to invite somebody.")


def may_administer(actor: Actor) -> Decision:
    return ALLOW if actor.is_administrator else deny("Only an administrator can do this. Ask one on the People page.")
