"""Judge conversations that came by import, a batch at a time."""

from django.db import transaction

from twodesks.capture.models import GrownConversation, ImportWalk
from twodesks.capture.operations.judge_conversations import judge_conversations
from twodesks.capture.queries.worth import WalkPart, next_to_judge
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation

MESSAGES = 2_000


@operation("capture.catch_up")
def catch_up(*, actor: Actor, messages: int = MESSAGES) -> bool:
    """Whether there was anything to judge: about `messages` at once, of imports that have ended.

    A batch and how far it got are one transaction, so that killed at any point it goes on where it was. One that
    vanished meanwhile is passed.
    """
    part = next_to_judge(actor, messages=messages)
    if part is None:
        return False
    with transaction.atomic():
        judge_conversations(actor=actor, conversation_ids=part.conversation_ids)
        _note(part)
    return True


def _note(part: WalkPart) -> None:
    if part.walk is None:
        GrownConversation.objects.filter(pk__in=part.conversation_ids).delete()
    elif part.is_last:
        part.walk.delete()
    else:
        ImportWalk.objects.filter(pk=part.walk.pk).update(last_conversation_id=part.conversation_ids[-1])
