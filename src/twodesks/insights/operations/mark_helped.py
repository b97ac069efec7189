"""Say that an insight helped."""

from django.db import transaction

from twodesks.insights.engine.words import clean_remark
from twodesks.insights.models import Insight, Verdict
from twodesks.insights.operations.give_verdict import give_verdict
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.mark_helped")
def mark_helped(*, actor: Actor, insight_id: int, reason: str = "") -> Insight:
    """Replaces what the actor said before. Raises `Denied` for who explained it."""
    reason = clean_remark(reason, field="reason")
    with transaction.atomic():
        return give_verdict(actor=actor, insight_id=insight_id, outcome=Verdict.Outcome.HELPED, reason=reason)
