"""Ask whoever explained something whether to keep it: once a conversation."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef

from twodesks.activity.operations.record_statement import record_statement
from twodesks.capture.models import ConversationInsight, ConversationWorth, KeepOffer
from twodesks.conversations.queries import visible_conversations
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.language.worth import offer_from


@operation("capture.offer_keeping")
def offer_keeping(*, actor: Actor, conversation_ids: Collection[int]) -> list[KeepOffer]:
    """The offers that were made. Passed is what was offered before, is kept, was put aside, or is not worth it."""
    with transaction.atomic():
        # Locked first: of two who judge the same, the second waits here, and then sees the offer of the first.
        worth = ConversationWorth.objects.filter(conversation__in=conversation_ids).order_by("pk")
        locked = [row.pk for row in worth.select_for_update()]
        offers = KeepOffer.objects.bulk_create(
            KeepOffer(conversation=row.conversation, member_id=row.explainer_id, score=row.score, reasons=row.reasons)
            for row in _worth_offering(actor, locked)
            if row.explainer_id is not None
        )
        for offer in offers:
            record_statement(
                actor=actor,
                verb="offered",
                object_type="conversation",
                object_id=offer.conversation_id,
                channel_id=offer.conversation.channel_id,
                context={"member_id": offer.member_id, "offer_id": offer.pk},
            )
    return offers


def _worth_offering(actor: Actor, worth_ids: Collection[int]) -> list[ConversationWorth]:
    of_it = OuterRef("conversation")
    return list(
        ConversationWorth.objects.filter(
            ~Exists(ConversationInsight.objects.filter(conversation=of_it)),
            ~Exists(KeepOffer.objects.filter(conversation=of_it)),
            pk__in=worth_ids, dismissed_at=None, score__gte=offer_from(),
            conversation__in=visible_conversations(actor),
        )
        .select_related("conversation")
        .order_by("pk")
    )  # fmt: skip
