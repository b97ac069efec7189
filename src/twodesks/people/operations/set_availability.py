"""Say whether one may be asked, or rather not until some time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.people.models import Member
from twodesks.people.queries import acting_member

LONGEST = timedelta(days=366)


@operation("people.set_availability")
def set_availability(*, actor: Actor, not_asked_until: datetime | None) -> Member:
    """None is free again. Questions still reach the member; nobody is led to ask them first until then.

    Raises `Invalid` for a time that is over, or more than a year ahead.
    """
    member = acting_member(actor)
    if not_asked_until is not None:
        if not_asked_until <= timezone.now():
            raise Invalid("That time is over. Choose one that is still to come.", field="not_asked_until")
        if not_asked_until > timezone.now() + LONGEST:
            raise Invalid("Choose a time within the next year.", field="not_asked_until")
    member.not_asked_until = not_asked_until
    with transaction.atomic():
        member.save(update_fields=["not_asked_until"])
        record_statement(actor=actor, verb="set-availability", object_type="member", object_id=member.pk)
    return member
