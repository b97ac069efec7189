"""Remember that somebody found their answer in a conversation, and need not ask."""

from django.db import transaction

from twodesks.activity.queue import defer_job
from twodesks.capture.models import Showing
from twodesks.conversations.queries import get_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("capture.note_shown")
def note_shown(*, actor: Actor, message_id: int) -> Showing:
    """Once a member and conversation; it is judged again. Who that was is told to nobody. Raises `NotFound`.

    No statement is recorded: the thanks that go with it are the deed.
    """
    conversation_id = get_message(actor, message_id).conversation_id
    with transaction.atomic():
        showing, is_new = Showing.objects.get_or_create(
            conversation_id=conversation_id, by=f"ask:{actor.require_member()}"
        )
        if is_new:
            defer_job("capture.judge", once=f"judge-{conversation_id}", conversation_id=conversation_id)
    return showing
