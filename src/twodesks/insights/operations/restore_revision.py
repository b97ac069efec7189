"""Take an earlier revision up again, as a new one on top."""

from django.db import transaction

from twodesks.insights import policies
from twodesks.insights.models import Insight, InsightRevision
from twodesks.insights.operations.add_revision import add_revision, record_revised
from twodesks.insights.queries import get_insight, get_revision
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("insights.restore_revision")
def restore_revision(*, actor: Actor, insight_id: int, number: int) -> InsightRevision:
    """What was written in between stays in the history. Raises `Invalid` for the revision that is current."""
    policies.may_change(actor, get_insight(actor, insight_id)).require()
    earlier = get_revision(actor, insight_id, number)
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.current_revision_id == earlier.pk:
            raise Invalid(f"Revision {number} is the one that is shown already.")
        revision = add_revision(
            actor=actor,
            insight=insight,
            title=earlier.title,
            body=earlier.body,
            topics=earlier.topics,
            note=f"Restored revision {number}",
        )
        record_revised(actor, insight, revision, restored=number)
    return revision
