"""Say yes, no or later to an offer to keep what one explained."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture.models import ConversationInsight, KeepOffer
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.operations.learn_answer import learn_answer
from twodesks.capture.queries.worth import get_offer
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("capture.answer_offer")
def answer_offer(*, actor: Actor, offer_id: int, answer: str) -> ConversationInsight | None:
    """`keep` makes the insight and publishes it, credits filled in; `no` is remembered and learnt; `later` comes again
    after a week. The link to the insight when it was kept. Raises `NotFound` for another's offer.
    """
    offer = get_offer(actor, offer_id)
    if offer is None:
        raise NotFound
    if answer not in KeepOffer.Answer.values:
        raise Invalid("Say keep, no or later.", field="answer")
    link = None
    with transaction.atomic():
        if answer == KeepOffer.Answer.KEEP:
            link = keep_conversation(actor=actor, conversation_id=offer.conversation_id)
        elif answer == KeepOffer.Answer.NO and offer.answer != answer:
            learn_answer(actor=actor, conversation_id=offer.conversation_id, keep=False)
        offer.answer, offer.answered_at = answer, timezone.now()
        offer.save(update_fields=["answer", "answered_at"])
        record_statement(
            actor=actor,
            verb="decided",
            object_type="conversation",
            object_id=offer.conversation_id,
            channel_id=offer.conversation.channel_id,
            context={"offer_id": offer.pk, "answer": answer},
        )
    return link
