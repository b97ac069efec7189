"""Say that an insight did not work, and why."""

from django.db import transaction

from twodesks.insights.engine.words import clean_remark
from twodesks.insights.models import Insight, Verdict
from twodesks.insights.operations.give_verdict import give_verdict
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("insights.mark_did_not_work")
def mark_did_not_work(*, actor: Actor, insight_id: int, reason: str) -> Insight:
    """Replaces what the actor said before. Raises `Invalid` without a reason, `Denied` for who explained it."""
    reason = clean_remark(reason, field="reason")
    if not reason:
        raise Invalid("Say what happened instead, so that somebody can mend it.", field="reason")
    with transaction.atomic():
        return give_verdict(actor=actor, insight_id=insight_id, outcome=Verdict.Outcome.DID_NOT_WORK, reason=reason)
