"""What the tests of routing start from: a channel for all, a private one, and answers in both."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.people.models import Member
from twodesks.routing.operations.weigh_answers import weigh_answers
from twodesks.routing.queries import Knower, who_knows
from twodesks.routing.queries.activity import forget_activity
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_conversations import index_conversations
from twodesks.search.operations.prepare_words_index import prepare_words_index
from twodesks.search.queries.engines import forget_engines
from twodesks.search.queries.terms import forget_statistics

LOCKS = "Why does the deploy wait for a lock in Postgres?"
BRAKES = "The front brake of the delivery bicycle squeals"


@dataclass
class Desk:
    """Alice, Bob and Carol are in the private channel; Erin and Dave are not."""

    cast: Cast
    open: Channel
    private: Channel

    def ask(self, title: str, *, channel: Channel | None = None, anonymous: bool = False) -> Conversation:
        return start_conversation(
            actor=acting(self.cast.alice), channel_id=(channel or self.open).pk, title=title, anonymous=anonymous
        )

    def answer(
        self, conversation: Conversation, by: Member, body: str = "Set lock_timeout and try the migration again."
    ) -> Message:
        return post_message(actor=acting(by), conversation_id=conversation.pk, body=body)

    def answered(
        self, title: str, by: Member, *, channel: Channel | None = None, accepted: bool = False
    ) -> Conversation:
        """Asked by Alice, answered, and read by index and routing as the jobs would."""
        conversation = self.ask(title, channel=channel)
        message = self.answer(conversation, by)
        if accepted:
            accept_answer(actor=acting(self.cast.alice), message_id=message.pk)
        self.catch_up(conversation)
        return conversation

    def catch_up(self, *conversations: Conversation) -> None:
        ids = [conversation.pk for conversation in conversations]
        index_conversations(conversation_ids=ids)
        weigh_answers(conversation_ids=ids)
        embed_passages()
        forget_engines()
        forget_statistics()
        forget_activity()

    def who(self, text: str, *, by: Member | None = None, channel: Channel | None = None) -> list[Knower]:
        return who_knows(acting(by or self.cast.dave), text, channel.pk if channel else None)

    def names(self, text: str, *, by: Member | None = None, channel: Channel | None = None) -> list[str]:
        return [knower.member.first_name for knower in self.who(text, by=by, channel=channel)]


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    prepare_words_index()
    forget_engines()
    forget_statistics()
    forget_activity()
    bob = acting(cast.bob)
    opened = create_channel(actor=bob, name="Platform")
    private = create_channel(actor=bob, name="Leads", visibility="private")
    for member in (cast.alice, cast.carol):
        add_channel_member(actor=bob, channel_id=private.pk, member_id=member.pk)
    yield Desk(cast, opened, private)
    forget_activity()
