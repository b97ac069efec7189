"""Take back what one said of an insight."""

from django.db import transaction

from twodesks.insights.models import Insight
from twodesks.insights.operations.give_verdict import give_verdict
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.retract_verdict")
def retract_verdict(*, actor: Actor, insight_id: int) -> Insight:
    """Doing it twice changes nothing."""
    with transaction.atomic():
        return give_verdict(actor=actor, insight_id=insight_id, outcome=None)
