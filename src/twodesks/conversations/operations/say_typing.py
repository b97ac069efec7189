"""Let those who read a conversation know that somebody is writing or recording an answer."""

from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.conversations import policies
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.people.queries import acting_member


@operation("conversations.say_typing")
def say_typing(*, actor: Actor, conversation_id: int, doing: str = "writing") -> None:
    """Neither kept nor a statement. A hidden asker's writing tells nobody anything, not even that somebody writes."""
    conversation = get_conversation(actor, conversation_id)
    if policies.speaks_hidden(actor, conversation):
        return
    doing = "recording" if doing == "recording" else "writing"
    member = acting_member(actor)
    publish(
        f"conversation:{conversation.pk}",
        "typing",
        member_id=member.pk,
        who=member.first_name,
        photo=member.photo_url,
        initials=member.initials,
        doing=doing,
        # Pages that catch up after a lost connection leave out what is over by then.
        at=round(timezone.now().timestamp()),
    )
