"""Move an insight to another channel."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights import policies
from twodesks.insights.models import Insight
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("insights.move_insight")
def move_insight(*, actor: Actor, insight_id: int, channel_id: int) -> Insight:
    """Whoever sees the new channel sees it from now on, and nobody else.

    Raises `Denied`, `NotFound` for a channel the actor may not know of, `Invalid` where its imported name is taken.
    """
    policies.may_move(actor, get_insight(actor, insight_id)).require()
    channel = get_channel(actor, channel_id)
    may_post(actor, channel).require()
    with transaction.atomic():
        insight = Insight.objects.select_for_update(of=("self",)).get(pk=insight_id)
        if insight.channel_id == channel.pk:
            return insight
        if insight.key and Insight.objects.filter(channel=channel, key=insight.key).exists():
            raise Invalid(f"{channel} has an insight of the same origin already. Withdraw one of them first.")
        before, insight.channel_id = insight.channel_id, channel.pk
        insight.save(update_fields=["channel"])
        record_statement(
            actor=actor,
            verb="moved",
            object_type="insight",
            object_id=insight.pk,
            channel_id=channel.pk,
            context={"before_channel_id": before},
        )
    return insight
