"""A question that Alice asked in an open channel of Bob's, and clients through which members come in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.people.models import Member

As = Callable[[Member], Client]


@pytest.fixture
def as_member() -> As:
    """`as_member(cast.bob)` is a browser in which Bob is signed in."""

    def signed_in(member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return signed_in


@pytest.fixture
def platform(cast: Cast) -> Channel:
    return create_channel(actor=acting(cast.bob), name="platform", purpose="Deploys.")


@pytest.fixture
def leads(cast: Cast) -> Channel:
    """Private: Bob looks after it, Alice is in it, Erin is not."""
    made = create_channel(actor=acting(cast.bob), name="leads", visibility="private")
    add_channel_member(actor=acting(cast.bob), channel_id=made.pk, member_id=cast.alice.pk)
    return made


@pytest.fixture
def question(cast: Cast, platform: Channel) -> Conversation:
    return start_conversation(
        actor=acting(cast.alice), channel_id=platform.pk, title="Why does the deploy hang?", body="Nothing in the logs."
    )


@pytest.fixture
def hidden_question(cast: Cast, platform: Channel) -> Conversation:
    """Asked by Alice, without her name."""
    return start_conversation(
        actor=acting(cast.alice),
        channel_id=platform.pk,
        title="Is it normal to be lost after a month?",
        body="I nod in every meeting.",
        anonymous=True,
    )


@pytest.fixture
def answer(cast: Cast, question: Conversation) -> Message:
    return post_message(actor=acting(cast.bob), conversation_id=question.pk, body="It waits for a **lock**.")
