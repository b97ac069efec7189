"""Say that somebody joined earlier than the row does: for what is loaded, such as the demo."""

from datetime import datetime

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.people.models import Member


@operation("people.backdate_member")
def backdate_member(*, actor: Actor, member_id: int, joined_at: datetime) -> None:
    """The system only. The ledger keeps when it was really written."""
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        Member.objects.filter(pk=member_id).update(joined_at=joined_at)
        record_statement(actor=actor, verb="backdated", object_type="member", object_id=member_id)
