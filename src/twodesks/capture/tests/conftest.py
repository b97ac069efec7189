"""What the tests of capture start from: a channel, a private one, and a question that was answered well."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation

ANSWERS = (
    "Look in pg_stat_activity first: `select pid, query from pg_stat_activity where wait_event_type = 'Lock'`.",
    "First stop the worker. Then run `pg_blocking_pids(pid)`, because the one that waits is not the one that holds. "
    "Finally end the idle session with `pg_terminate_backend(pid)`.",
    "If it is not idle, wait for it instead; otherwise you may lose what it was writing.",
)

Asked = Callable[..., Conversation]


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
def explained(cast: Cast, platform: Channel) -> Asked:
    """Alice asks, Bob explains in three messages, Alice says that it worked; all of it an hour ago."""

    def make(channel: Channel = platform, **more: object) -> Conversation:
        given = {
            "title": "How do I see which query holds the lock on orders?",
            "body": "The migration waits for ever.\n\n```\nERROR:  lock timeout\n```",
        } | more
        asked = start_conversation(actor=acting(cast.alice), channel_id=channel.pk, **given)  # type: ignore[arg-type]
        for answer in ANSWERS:
            post_message(actor=acting(cast.bob), conversation_id=asked.pk, body=answer)
        post_message(
            actor=acting(cast.alice), conversation_id=asked.pk, body="That worked, thank you! It was an idle session."
        )
        return at_rest(asked)

    return make


def at_rest(conversation: Conversation) -> Conversation:
    """As if it had been an hour ago."""
    an_hour = timedelta(hours=1)
    for message in Message.objects.filter(conversation=conversation):
        Message.objects.filter(pk=message.pk).update(posted_at=message.posted_at - an_hour)
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=timezone.now() - an_hour)
    conversation.refresh_from_db()
    return conversation
