"""Throw away what one has written and not kept."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights.models import Insight, InsightDraft
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.discard_draft")
def discard_draft(*, actor: Actor, insight_id: int) -> Insight:
    """A draft that was never kept is set aside with its words, so `reinstate_insight` brings it back.

    The draft of a kept insight goes; the insight stays as it is.
    """
    member = actor.require_member()
    get_insight(actor, insight_id)
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.published_at is None:
            insight.withdrawn_at, insight.withdrawn_by_id = timezone.now(), member
            insight.save(update_fields=["withdrawn_at", "withdrawn_by"])
        else:
            InsightDraft.objects.filter(insight=insight, member_id=member).delete()
        record_statement(actor=actor, verb="discarded", object_type="insight", object_id=insight.pk)
    return insight
