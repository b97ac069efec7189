"""Ask whoever explained something whether to keep it: once a conversation."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture.models import ConversationInsight, ConversationWorth, KeepOffer
from twodesks.conversations.queries import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.language.worth import offer_from


@operation("capture.offer_keeping")
def offer_keeping(*, actor: Actor, conversation_id: int) -> KeepOffer | None:
    """None when it was offered before, is kept, was put aside, or is not worth it. Raises `NotFound`."""
    conversation = get_conversation(actor, conversation_id)
    worth = ConversationWorth.objects.filter(conversation=conversation, dismissed_at=None).first()
    if worth is None or worth.explainer_id is None or worth.score < offer_from():
        return None
    if ConversationInsight.objects.filter(conversation=conversation).exists():
        return None
    with transaction.atomic():
        offer, is_new = KeepOffer.objects.get_or_create(
            conversation=conversation,
            defaults={"member_id": worth.explainer_id, "score": worth.score, "reasons": worth.reasons},
        )
        if not is_new:
            return None
        record_statement(
            actor=actor,
            verb="offered",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"member_id": worth.explainer_id, "offer_id": offer.pk},
        )
    return offer
