"""Join by an invitation."""

from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor, Role, system
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.people.models import Invitation, InvitationUse, Member
from twodesks.people.operations.add_member import add_member
from twodesks.people.tokens import invitation_id_of

GONE = "This invitation has been used, taken back or has run out. Ask the person who sent it for a new one."


@operation("people.accept_invitation")
def accept_invitation(
    *, actor: Actor, token: str, name: str, email: str, password: str, time_zone: str = "UTC"
) -> Member:
    """Become a member. An invitation for one address makes a member of that address, whatever `email` says.

    Raises `NotFound` when the invitation does not hold any more, `Invalid` for a bad input.
    """
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id_of(token)).first()
        if invitation is None or not invitation_holds(invitation):
            raise NotFound(GONE)
        member = add_member(
            actor=system(actor.door),
            name=name,
            email=invitation.email or email,
            role=Role(invitation.role),
            password=password,
            time_zone=time_zone,
        )
        InvitationUse.objects.create(invitation=invitation, member=member)
        return member


def invitation_holds(invitation: Invitation) -> bool:
    return (
        invitation.revoked_at is None
        and invitation.expires_at > timezone.now()
        and invitation.uses.count() < invitation.uses_allowed
    )
