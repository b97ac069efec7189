"""Conversations on the page of their channel: how far each is, in a line, and which are asked for."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.say_me_too import say_me_too
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.people.models import Member
from twodesks.recordings.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(cast: Cast) -> Channel:
    return create_channel(actor=acting(cast.bob), name="platform", purpose="Deploys.")


def ask(member: Member, channel: Channel, title: str, **more: object) -> Conversation:
    return start_conversation(actor=acting(member), channel_id=channel.pk, title=title, **more)  # type: ignore[arg-type]


def page(member: Member, query: str = "") -> str:
    client = Client()
    client.force_login(member)
    answer = client.get(f"/channels/platform/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_line_says_how_far_it_is(cast: Cast, channel: Channel) -> None:
    ask(cast.alice, channel, "Does the mat have to be flat?")
    answered = ask(cast.alice, channel, "Is the lidar off?")
    note = Recording.objects.create(kind="voice", owner=cast.bob, channel=channel, duration_ms=51_000)
    answer = post_message(actor=acting(cast.bob), conversation_id=answered.pk, recording_id=note.pk)
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    say_me_too(actor=acting(cast.erin), conversation_id=answered.pk)
    shown = ask(cast.erin, channel, "Read the log", kind="walkthrough", asked_member_id=cast.bob.pk)
    say_me_too(actor=acting(cast.alice), conversation_id=shown.pk)
    ask(cast.alice, channel, "I feel lost", anonymous=True)
    seen = page(cast.carol)
    assert "Alice asked just now. Nobody has answered yet." in seen
    assert "by Bob in a voice note of 51 s. 1 had this too." in " ".join(seen.split())
    assert "Erin would like a walkthrough, and so would one other." in seen
    assert "Bob is asked" in seen
    assert "Somebody asked just now." in seen
    assert f'href="/ask/?channel={channel.pk}"' in seen


def test_chips_narrow_the_list(cast: Cast, channel: Channel) -> None:
    ask(cast.alice, channel, "An open question")
    hidden = ask(cast.alice, channel, "A hidden question", anonymous=True)
    answer = post_message(actor=acting(cast.bob), conversation_id=hidden.pk, body="So it is.")
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    ask(cast.erin, channel, "A walkthrough", kind="walkthrough")
    titles = ("An open question", "A hidden question", "A walkthrough")

    def listed(member: Member, only: str) -> list[str]:
        seen = page(member, f"?show=conversations&only={only}")
        return [title for title in titles if title in seen]

    assert listed(cast.bob, "all") == list(titles)
    assert listed(cast.bob, "open") == ["An open question"]
    assert listed(cast.bob, "walkthroughs") == ["A walkthrough"]
    assert listed(cast.alice, "mine") == ["An open question", "A hidden question"]
    assert listed(cast.bob, "mine") == []


def test_what_came_since_the_last_visit_is_new_to_followers(cast: Cast, channel: Channel) -> None:
    follow_channel(actor=acting(cast.erin), channel_id=channel.pk)
    page(cast.erin)
    made = ask(cast.alice, channel, "A fresh question")
    Conversation.objects.filter(pk=made.pk).update(last_message_at=timezone.now() + timedelta(seconds=1))
    assert "crow unread" in page(cast.erin)
    assert "crow unread" not in page(cast.carol)


def test_newest_five_stand_on_everything_and_the_rest_behind_a_link(cast: Cast, channel: Channel) -> None:
    for number in range(7):
        ask(cast.alice, channel, f"Question {number}?")
    seen = page(cast.carol)
    assert "All 7" in seen
    assert "Question 6?" in seen
    assert "Question 1?" not in seen
    assert "Question 1?" in page(cast.carol, "?show=conversations")


def test_list_of_channels_counts_conversations(cast: Cast, channel: Channel) -> None:
    ask(cast.alice, channel, "A question")
    client = Client()
    client.force_login(cast.erin)
    seen = client.get("/channels/").content.decode()
    assert "1 conversation<" in seen
    assert "1 asked, kept or recorded in 14 days" in seen
