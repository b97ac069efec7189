"""What tests of notifications stand on: a channel that some follow, a question in it, and news told as it happens."""

from collections.abc import Callable

from tests.cast import acting
from twodesks.activity.dispatch import listeners_later
from twodesks.activity.models import Statement
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.notifications.models import Notification
from twodesks.people.models import Member


class News:
    """Does what the worker's job does: lets the later listeners hear of every statement that is new."""

    def __init__(self) -> None:
        self.after = 0

    def travels(self) -> None:
        for statement in Statement.objects.filter(pk__gt=self.after).order_by("pk"):
            for listener in listeners_later(statement):
                listener(statement)
            self.after = statement.pk


def told(member: Member) -> list[tuple[str, str]]:
    """Kind and verb of what a member was told, oldest first."""
    return [
        (one.kind, one.statement.verb)
        for one in Notification.objects.filter(member=member).select_related("statement").order_by("pk")
    ]


def room(owner: Member, *followers: Member, name: str = "field-calibration", private: bool = False) -> Channel:
    visibility = "private" if private else "open"
    channel = create_channel(actor=acting(owner), name=name, purpose="Robots.", visibility=visibility)
    for follower in followers:
        follow_channel(actor=acting(follower), channel_id=channel.pk)
    return channel


def ask(
    asker: Member, channel: Channel, *, anonymous: bool = False, of: Member | None = None, body: str = ""
) -> Conversation:
    return start_conversation(
        actor=acting(asker),
        channel_id=channel.pk,
        title="Does the mat have to be flat?",
        body=body or "Or only clean?",
        anonymous=anonymous,
        asked_member_id=of.pk if of else None,
    )


def say(member: Member, conversation: Conversation, body: str = "Flat and clean, both.") -> Message:
    return post_message(actor=acting(member), conversation_id=conversation.pk, body=body)


Travel = Callable[[], None]
