"""Invite somebody by e-mail, or several by a link."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor, Role
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Invalid
from twodesks.people import policies
from twodesks.people.models import Invitation, Member
from twodesks.people.queries import can_send_mail

VALID_FOR = timedelta(days=14)
LINK_USES = 25


@operation("people.invite")
def invite(*, actor: Actor, email: str = "", role: Role = Role.MEMBER) -> Invitation:
    """Make an invitation, valid for 14 days. With an address it works once, and is mailed where mail is sent; without,
    25 times.

    Only an administrator may invite anything but a member. Raises `Invalid` for a bad address or one that is a
    member's already.
    """
    policies.may_invite(actor).require()
    if role is not Role.MEMBER and not actor.is_administrator:
        raise Denied("Only an administrator can invite curators and administrators.")
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise Invalid("That is not an e-mail address. It needs one @ and a domain.", field="email") from error
        if Member.objects.filter(email__iexact=email, deactivated_at=None).exists():
            raise Invalid("Somebody with this address is a member already.", field="email")
    with transaction.atomic():
        invitation = Invitation.objects.create(
            email=email or None,
            role=role.value,
            created_by_id=actor.require_member(),
            expires_at=timezone.now() + VALID_FOR,
            uses_allowed=1 if email else LINK_USES,
        )
        record_statement(actor=actor, verb="invited", object_type="invitation", object_id=invitation.pk)
        if email and can_send_mail():
            defer_job("people.send_invitation", invitation_id=invitation.pk)
    return invitation
