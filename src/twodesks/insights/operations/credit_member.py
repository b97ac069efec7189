"""Name somebody for what they contributed."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Credit
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.people.queries import get_member


@operation("insights.credit_member")
def credit_member(*, actor: Actor, insight_id: int, member_id: int, role: str) -> Credit:
    """One credit a role; naming them twice changes nothing. Raises `Invalid` for a role there is not."""
    insight = get_insight(actor, insight_id)
    policies.may_change(actor, insight).require()
    member = get_member(actor, member_id)
    if role not in Credit.Role.values:
        raise Invalid("Choose what they did: explained, asked, captured, edited, reviewed or captioned.", field="role")
    with transaction.atomic():
        credit, is_new = Credit.objects.get_or_create(
            insight=insight, member_id=member.pk, role=role, defaults={"given_by_id": actor.require_member()}
        )
        if is_new:
            record_statement(
                actor=actor,
                verb="credited",
                object_type="insight",
                object_id=insight.pk,
                channel_id=insight.channel_id if insight.published_at else None,
                context={"member_id": member.pk, "role": role},
            )
    return credit
