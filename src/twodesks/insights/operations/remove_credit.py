"""Take a credit away."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Credit
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("insights.remove_credit")
def remove_credit(*, actor: Actor, insight_id: int, credit_id: int) -> None:
    """Raises `NotFound` for a credit of another insight, `Denied` for anybody whom it does not concern."""
    insight = get_insight(actor, insight_id)
    credit = Credit.objects.filter(insight=insight, pk=credit_id).first()
    if credit is None:
        raise NotFound
    policies.may_remove_credit(actor, insight, credit).require()
    with transaction.atomic():
        credit.delete()
        record_statement(
            actor=actor,
            verb="uncredited",
            object_type="insight",
            object_id=insight.pk,
            channel_id=insight.channel_id if insight.published_at else None,
            context={"member_id": credit.member_id, "role": credit.role},
        )
