"""Thank somebody for what they contributed to an insight."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights.engine.words import clean_remark
from twodesks.insights.models import Credit, Thanks
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("insights.give_thanks")
def give_thanks(*, actor: Actor, insight_id: int, receiver_id: int, words: str = "") -> Thanks:
    """Once for each of the people credited; thanking again changes the words.

    Raises `Invalid` for oneself and for somebody who is not credited.
    """
    giver = actor.require_member()
    insight = get_insight(actor, insight_id)
    words = clean_remark(words, field="words")
    if receiver_id == giver:
        raise Invalid("Thanks go to others. Choose somebody else who had a part in it.", field="receiver")
    if insight.published_at is None or not Credit.objects.filter(insight=insight, member_id=receiver_id).exists():
        raise Invalid("Thanks go to the people named under the title. Choose one of them.", field="receiver")
    with transaction.atomic():
        thanks, is_new = Thanks.objects.update_or_create(
            insight=insight, giver_id=giver, receiver_id=receiver_id,
            defaults={"words": words}, create_defaults={"words": words, "given_at": timezone.now()},
        )  # fmt: skip
        if is_new:
            record_statement(
                actor=actor,
                verb="thanked",
                object_type="insight",
                object_id=insight.pk,
                channel_id=insight.channel_id,
                result={"words": words} if words else {},
                context={"receiver_id": receiver_id, "thanks_id": thanks.pk},
            )
    return thanks
