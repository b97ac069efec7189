"""Close a member's account; what they gave stays, with their name."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound
from twodesks.people import policies
from twodesks.people.models import Member, Placeholder


@operation("people.deactivate_member")
def deactivate_member(*, actor: Actor, member_id: int, active: bool = False) -> None:
    """Administrators only, and not themselves. `active=True` opens the account again."""
    policies.may_administer(actor).require()
    if member_id == actor.member_id:
        raise Denied("You cannot close your own account. Another administrator can.")
    if active and Placeholder.objects.filter(member_id=member_id).exists():
        raise Denied("This is a name that came from elsewhere. Invite the person; they can say that it was them.")
    with transaction.atomic():
        changed = Member.objects.filter(pk=member_id).update(
            deactivated_at=None if active else timezone.now(),
            deactivated_by_id=None if active else actor.member_id,
            session_generation=F("session_generation") + 1,
        )
        if not changed:
            raise NotFound
        verb = "reactivated" if active else "deactivated"
        record_statement(actor=actor, verb=verb, object_type="member", object_id=member_id)
