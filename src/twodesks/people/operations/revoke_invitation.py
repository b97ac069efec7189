"""Take an invitation back."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.people.models import Invitation


@operation("people.revoke_invitation")
def revoke_invitation(*, actor: Actor, invitation_id: int) -> None:
    """Whoever sent it, and administrators. Those who joined by it stay. Raises `NotFound` for anybody else."""
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None or not (actor.is_administrator or invitation.created_by_id == actor.member_id):
            raise NotFound
        if invitation.revoked_at is None:
            invitation.revoked_at = timezone.now()
            invitation.revoked_by_id = actor.member_id
            invitation.save(update_fields=["revoked_at", "revoked_by"])
            record_statement(actor=actor, verb="revoked", object_type="invitation", object_id=invitation.pk)
