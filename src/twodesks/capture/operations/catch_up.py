"""Judge conversations that came by import, a batch at a time."""

from twodesks.capture.models import CatchUp
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.capture.queries.worth import not_yet_walked
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("capture.catch_up")
def catch_up(*, actor: Actor, limit: int = 300) -> int:
    """How many it came by. Killed at any point, it goes on where it was; one that vanished meanwhile is passed."""
    walked = not_yet_walked(actor, limit=limit)
    for conversation_id in walked:
        try:
            judge_conversation(actor=actor, conversation_id=conversation_id)
        except NotFound:
            continue
        finally:
            CatchUp.objects.update_or_create(pk=1, defaults={"last_conversation_id": conversation_id})
    return len(walked)
