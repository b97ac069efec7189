"""What live events carry: the words for those who may read them and have no part in them, and for no other."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.tests.conftest import As
from twodesks.conversations.views.told import drawn_messages

pytestmark = pytest.mark.django_db


def told(cast: Cast, message: Message) -> dict[int, str]:
    everybody = frozenset(member.pk for member in (cast.alice, cast.bob, cast.dave, cast.erin))
    (found,) = drawn_messages(message.conversation_id, [{"id": message.pk}], everybody)
    return {member: words["html"] for member, words in found.items()}


def test_words_come_as_a_reader_would_fetch_them(
    cast: Cast, question: Conversation, answer: Message, as_member: As
) -> None:
    found = told(cast, answer)
    # Alice asked, Bob wrote it and looks after the channel, Dave administers.
    assert set(found) == {cast.erin.pk}
    news = as_member(cast.erin).get(f"/conversations/{question.pk}/news/?ids={answer.pk}&head=1").content.decode()
    for part in found[cast.erin.pk].split("<article", 1):
        assert part.strip() in news


def test_who_thanked_or_reacted_fetches_their_own(cast: Cast, answer: Message) -> None:
    thank_for_message(actor=acting(cast.erin), message_id=answer.pk)
    assert told(cast, answer) == {}
    second = post_message(actor=acting(cast.bob), conversation_id=answer.conversation_id, body="Look.")
    react(actor=acting(cast.erin), message_id=second.pk, emoji="👍")
    assert told(cast, second) == {}


def test_hidden_asker_stays_hidden_in_what_is_told(cast: Cast, hidden_question: Conversation) -> None:
    said = post_message(actor=acting(cast.alice), conversation_id=hidden_question.pk, body="More of it.")
    found = told(cast, said)
    assert set(found) == {cast.erin.pk}
    assert "Alice" not in found[cast.erin.pk]
    assert f"/people/{cast.alice.pk}/" not in found[cast.erin.pk]


def test_words_of_a_private_channel_stop_with_the_right_to_them(cast: Cast) -> None:
    leads: Channel = create_channel(actor=acting(cast.bob), name="leads", visibility="private")
    add_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=cast.erin.pk)
    talk = start_conversation(actor=acting(cast.bob), channel_id=leads.pk, title="Between us")
    said = post_message(actor=acting(cast.bob), conversation_id=talk.pk, body="Not for others.")
    assert set(told(cast, said)) == {cast.erin.pk}
    remove_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=cast.erin.pk)
    assert told(cast, said) == {}


def test_removed_words_are_not_told(cast: Cast, answer: Message) -> None:
    remove_message(actor=acting(cast.bob), message_id=answer.pk)
    assert told(cast, answer) == {}
    assert drawn_messages(answer.conversation_id + 1, [{"id": answer.pk}], frozenset({cast.erin.pk})) == [{}]


def test_many_are_read_in_as_many_queries_as_one(cast: Cast, answer: Message) -> None:
    said = [
        post_message(actor=acting(cast.bob), conversation_id=answer.conversation_id, body=f"{n}.") for n in range(9)
    ]
    react(actor=acting(cast.erin), message_id=said[4].pk, emoji="👍")
    one, many = CaptureQueriesContext(connection), CaptureQueriesContext(connection)
    erin = frozenset({cast.erin.pk})
    with one:
        drawn_messages(answer.conversation_id, [{"id": said[0].pk}], erin)
    with many:
        found = drawn_messages(answer.conversation_id, [{"id": message.pk} for message in said], erin)
    assert [cast.erin.pk in words for words in found] == [True] * 4 + [False] + [True] * 4
    assert f'id="m{said[7].pk}"' in found[7][cast.erin.pk]["html"]
    assert len(many) <= len(one)
