"""End every session of a member, on every device."""

from django.db import transaction
from django.db.models import F

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.models import Member


@operation("people.sign_out_everywhere")
def sign_out_everywhere(*, actor: Actor) -> None:
    """One's own sessions, this one included."""
    member_id = actor.require_member()
    with transaction.atomic():
        Member.objects.filter(pk=member_id).update(session_generation=F("session_generation") + 1)
        record_statement(actor=actor, verb="signed-out-everywhere", object_type="member", object_id=member_id)
