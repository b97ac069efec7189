"""Read a conversation that has come to rest, and say how likely it holds an explanation worth keeping."""

from twodesks.capture.models import ConversationWorth
from twodesks.capture.operations.judge_conversations import judge_conversations
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("capture.judge_conversation")
def judge_conversation(*, actor: Actor, conversation_id: int) -> ConversationWorth:
    """As `judge_conversations`, for one. Raises `NotFound`."""
    judged = judge_conversations(actor=actor, conversation_ids=[conversation_id])
    if not judged:
        raise NotFound
    return judged[0]
