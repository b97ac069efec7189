"""Write one entry of the ledger, and let those know who listen."""

from typing import Any

from django.db import transaction

from twodesks.activity.dispatch import listeners_at_once, listeners_later
from twodesks.activity.models import Statement
from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("activity.record_statement")
def record_statement(
    *,
    actor: Actor,
    verb: str,
    object_type: str,
    object_id: int,
    channel_id: int | None = None,
    result: dict[str, Any] | None = None,
    context: dict[str, Any] | None = None,
) -> Statement:
    """Record who did what to what. Must run inside the transaction of the change it tells of.

    Verbs are xAPI short names in the past tense ("created", "completed"); `object_type` is the model's name in lower
    case. In-transaction listeners run before it returns; later ones in the job `activity.dispatch`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record_statement belongs inside the transaction of the change")
    statement = Statement.objects.create(
        actor_id=actor.member_id,
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        channel_id=channel_id,
        result=result or {},
        context=context or {},
        door=actor.door.value,
        happened_at=actor.at,
    )
    for listener in listeners_at_once(statement):
        listener(statement)
    if listeners_later(statement):
        defer_job("activity.dispatch", statement_id=statement.pk)
    return statement
