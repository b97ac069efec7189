"""Let those who read a conversation know that somebody has it open, or has closed it."""

from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.conversations import policies
from twodesks.conversations.queries.finding import get_conversation
from twodesks.conversations.queries.presence import here_now
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation

MOST_HERE = 12


@operation("conversations.say_here")
def say_here(*, actor: Actor, conversation_id: int, here: bool = True) -> None:
    """Neither kept nor a statement. A hidden asker is never here.

    Beyond `MOST_HERE` nobody more is told of: a dot more says little, and each is told to every other page.
    """
    member = actor.require_member()
    conversation = get_conversation(actor, conversation_id)
    if policies.speaks_hidden(actor, conversation):
        return
    present = here_now(conversation_id).member_ids
    if member not in present and (not here or len(present) >= MOST_HERE):
        return
    at = round(timezone.now().timestamp())
    publish(f"conversation:{conversation.pk}", "here" if here else "gone", member_id=member, at=at)
