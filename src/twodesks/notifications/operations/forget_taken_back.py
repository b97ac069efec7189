"""Let go of notifications of what an undone import takes with it."""

from collections.abc import Sequence

from django.db.models import Q

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.notifications.models import Notification


@operation("notifications.forget_taken_back")
def forget_taken_back(
    *,
    actor: Actor,
    source_id: int,
    conversation_ids: Sequence[int],
    message_ids: Sequence[int],
    kept_ids: Sequence[int],
) -> None:
    """In the transaction that takes them back, before it does. Ranges are first and last; the system only."""
    if not actor.is_system:
        raise Denied("The server itself forgets what an import takes back.")
    (first, last), (first_message, last_message) = conversation_ids, message_ids
    going = Q(conversation__source_id=source_id, conversation_id__gte=first, conversation_id__lte=last)
    going |= Q(message__source_id=source_id, message_id__gte=first_message, message_id__lte=last_message)
    held = Q(conversation_id__in=kept_ids) | Q(message__conversation_id__in=kept_ids)
    Notification.objects.filter(going).exclude(held).delete()
