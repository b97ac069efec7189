"""Who may see and change members and invitations."""

from django.db.models import Q

from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny
from twodesks.people.models import Placeholder


def members_visible_to(actor: Actor) -> Q:
    """Every member sees every member, those who left included (their credits stay); guests see nobody."""
    return Q(pk__in=[]) if actor.is_guest else Q()


def may_invite(actor: Actor) -> Decision:
    return ALLOW if not actor.is_guest else deny("Sign in to invite somebody.")


def may_administer(actor: Actor) -> Decision:
    return ALLOW if actor.is_administrator else deny("Only an administrator can do this. Ask one on the People page.")


def may_claim(actor: Actor, placeholder: Placeholder) -> Decision:
    if actor.is_guest:
        return deny("Sign in first, then say which of them was you.")
    if placeholder.merged_at is not None:
        return deny(
            "What was written under this name belongs to a member already. If that is wrong, ask an administrator."
        )
    if placeholder.claimed_by_id not in (None, actor.member_id):
        return deny("Somebody else has said that this was them. An administrator will look at it.")
    return ALLOW
