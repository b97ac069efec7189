"""Sending twice makes one, and other words under the same key are never taken for a retry."""

import threading
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.tests.conftest import As

pytestmark = pytest.mark.django_db


def said(conversation: Conversation) -> list[str]:
    return list(conversation.messages.order_by("pk").values_list("body", flat=True))[1:]


def test_other_words_under_a_key_are_another_message(cast: Cast, question: Conversation, as_member: As) -> None:
    bob, address = as_member(cast.bob), f"/conversations/{question.pk}/messages/"
    for body in ("A lock.", "A lock.", "Two locks.", "Two locks.", "A lock."):
        assert bob.post(address, {"body": body, "key": "one"}).status_code == 302
    assert said(question) == ["A lock.", "Two locks."]


def test_a_retry_is_known_after_its_words_were_edited(cast: Cast, question: Conversation) -> None:
    first = post_message(
        actor=acting(cast.bob), conversation_id=question.pk, body="Ask @Alice Asker.", client_key="one"
    )
    edit_message(actor=acting(cast.bob), message_id=first.pk, body="Changed since.")
    again = post_message(
        actor=acting(cast.bob), conversation_id=question.pk, body="Ask @Alice Asker.", client_key="one"
    )
    assert again == first


def test_a_key_that_somebody_else_used_takes_nothing_away(cast: Cast, question: Conversation) -> None:
    for member in (cast.bob, cast.erin):
        post_message(actor=acting(member), conversation_id=question.pk, body="A lock.", client_key="one")
    assert said(question) == ["A lock.", "A lock."]


def test_other_files_under_a_key_are_another_message(cast: Cast, question: Conversation, as_member: As) -> None:
    bob, address = as_member(cast.bob), f"/conversations/{question.pk}/messages/"
    for name in ("log.txt", "log.txt", "trace.txt"):
        file = SimpleUploadedFile(name, b"lock wait", "text/plain")
        bob.post(address, {"body": "See this.", "key": "one", "file": file})
    assert said(question) == ["See this.", "See this."]


def test_form_without_script_names_what_it_sends(cast: Cast, question: Conversation, as_member: As) -> None:
    bob = as_member(cast.bob)
    page = bob.get(f"/conversations/{question.pk}/").content.decode()
    key = page.split('name="key" value="')[1].split('"')[0]
    assert len(key) == 36
    assert f'value="{key}"' not in bob.get(f"/conversations/{question.pk}/").content.decode()


def test_a_reply_from_a_page_of_a_merged_conversation_goes_where_it_went(
    cast: Cast, question: Conversation, platform: Channel, as_member: As
) -> None:
    other = start_conversation(actor=acting(cast.erin), channel_id=platform.pk, title="The deploy hangs again")
    merge_conversations(actor=acting(cast.bob), conversation_id=other.pk, into_id=question.pk)
    sent = as_member(cast.erin).post(f"/conversations/{other.pk}/messages/", {"body": "It hangs at the second step."})
    made = Message.objects.latest("pk")
    assert sent.headers["Location"] == f"/messages/{made.pk}/"
    assert (made.conversation, made.body) == (question, "It hangs at the second step.")


def test_another_question_under_a_key_is_asked_too(cast: Cast, platform: Channel) -> None:
    def ask(title: str, *, anonymous: bool = False) -> Conversation:
        return start_conversation(
            actor=acting(cast.alice), channel_id=platform.pk, title=title, anonymous=anonymous, client_key="one"
        )

    first = ask("Why does it hang?")
    assert ask("Why does it hang?") == first
    assert ask("Who owns the deploy?") != first
    assert ask("Why does it hang?", anonymous=True) != first
    assert Conversation.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_sent_twice_at_once_makes_one(cast: Cast, platform: Channel) -> None:
    question = start_conversation(actor=acting(cast.alice), channel_id=platform.pk, title="Why does it hang?")
    both = threading.Barrier(2)

    def at_once(send: Callable[[], object]) -> set[object]:
        made: set[object] = set()

        def run() -> None:
            try:
                both.wait(10)
                made.add(send())
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return made

    def ask() -> int:
        return start_conversation(
            actor=acting(cast.alice), channel_id=platform.pk, title="At once", client_key="ask"
        ).pk

    def say() -> int:
        return post_message(actor=acting(cast.bob), conversation_id=question.pk, body="A lock.", client_key="say").pk

    assert len(at_once(ask)) == 1
    assert len(at_once(say)) == 1
    assert Conversation.objects.filter(title="At once").count() == 1
    assert question.messages.count() == 2
