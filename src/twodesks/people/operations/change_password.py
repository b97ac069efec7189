"""Choose a new password."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.models import Member
from twodesks.people.queries import acting_member


@operation("people.change_password")
def change_password(*, actor: Actor, password: str) -> Member:
    """One's own; every other session of the member ends. The form has checked its strength."""
    member = acting_member(actor)
    member.set_password(password)
    with transaction.atomic():
        member.save(update_fields=["password"])
        record_statement(actor=actor, verb="changed-password", object_type="member", object_id=member.pk)
    return member
