"""Say that an insight, and what people said about it, is older than the rows do: for what is loaded."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights.models import Credit, Insight, InsightRevision, Thanks, Verdict
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("insights.backdate_insight")
def backdate_insight(
    *,
    actor: Actor,
    insight_id: int,
    published_at: datetime,
    checked_at: datetime | None = None,
    verdicts_at: Mapping[int, datetime] | None = None,
    thanks_at: Mapping[tuple[int, int], datetime] | None = None,
) -> None:
    """`verdicts_at` by member, `thanks_at` by (giver, receiver). The system only.

    The ledger keeps when it was really written.
    """
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        insight.created_at = insight.published_at = insight.changed_at = published_at
        insight.checked_at = checked_at if insight.checked_at and checked_at else insight.checked_at
        insight.save(update_fields=["created_at", "published_at", "changed_at", "checked_at"])
        InsightRevision.objects.filter(insight=insight).update(created_at=published_at)
        Credit.objects.filter(insight=insight).update(given_at=published_at)
        for member_id, at in (verdicts_at or {}).items():
            Verdict.objects.filter(insight=insight, member_id=member_id).update(given_at=at)
        for (giver_id, receiver_id), at in (thanks_at or {}).items():
            Thanks.objects.filter(insight=insight, giver_id=giver_id, receiver_id=receiver_id).update(given_at=at)
        record_statement(
            actor=actor,
            verb="backdated",
            object_type="insight",
            object_id=insight_id,
            channel_id=insight.channel_id,
        )
