"""Let go of what an undone import takes with it: judgements, offers and hints of updates."""

from collections.abc import Sequence

from twodesks.capture.models import ConversationWorth, GrownConversation, ImportWalk, KeepOffer, PossibleUpdate
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("capture.forget_taken_back")
def forget_taken_back(
    *,
    actor: Actor,
    run_id: int,
    source_id: int,
    conversation_ids: Sequence[int],
    message_ids: Sequence[int],
    kept_ids: Sequence[int],
) -> None:
    """In the transaction that takes them back, before it does. Ranges are first and last; the system only."""
    if not actor.is_system:
        raise Denied("The server itself forgets what an import takes back.")
    first, last = conversation_ids
    for model in (ConversationWorth, KeepOffer):
        model.objects.filter(
            conversation__source_id=source_id, conversation_id__gte=first, conversation_id__lte=last
        ).exclude(conversation_id__in=kept_ids).delete()
    first, last = message_ids
    PossibleUpdate.objects.filter(message__source_id=source_id, message_id__gte=first, message_id__lte=last).exclude(
        message__conversation_id__in=kept_ids
    ).delete()
    GrownConversation.objects.filter(run_id=run_id).delete()
    ImportWalk.objects.filter(run_id=run_id).delete()
