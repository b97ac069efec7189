"""One member's word on whether an insight helped: the step that both verdicts and taking one back share."""

from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import Insight, Verdict
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor


def give_verdict(*, actor: Actor, insight_id: int, outcome: str | None, reason: str = "") -> Insight:
    """Put the verdict in the place of an older one (None: take it back), and count anew who was helped.

    Runs inside the caller's transaction.
    """
    policies.may_judge(actor, get_insight(actor, insight_id)).require()
    member = actor.require_member()
    # The row is held while counting, so that two verdicts at once are both counted.
    insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
    before = Verdict.objects.filter(insight=insight, member_id=member).first()
    if outcome is None:
        if before is None:
            return insight
        before.delete()
    else:
        Verdict.objects.update_or_create(
            insight=insight,
            member_id=member,
            defaults={
                "revision_id": insight.current_revision_id,
                "outcome": outcome,
                "reason": reason,
                "given_at": timezone.now(),
            },
        )
    insight.helped_count = Verdict.objects.filter(insight=insight, outcome=Verdict.Outcome.HELPED).count()
    insight.save(update_fields=["helped_count"])
    verbs = {Verdict.Outcome.HELPED.value: "helped", Verdict.Outcome.DID_NOT_WORK.value: "did-not-work"}
    record_statement(
        actor=actor,
        verb=verbs[outcome] if outcome else "retracted",
        object_type="insight",
        object_id=insight.pk,
        channel_id=insight.channel_id,
        result={"reason": reason} if reason else {},
        context={"before": before.outcome} if before else {},
    )
    return insight
