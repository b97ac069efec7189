"""The page of a conversation as a reader gets it: what stands on it, for whom, and in how many queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.recount import recount
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.say_me_too import say_me_too
from twodesks.conversations.operations.split_conversation import split_conversation
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.people.models import Member

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15


def page_of(member: Member, address: str) -> str:
    client = Client()
    client.force_login(member)
    response = client.get(address, follow=True)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.fixture
def channel(cast: Cast) -> Channel:
    return create_channel(actor=acting(cast.bob), name="platform", purpose="Deploys.")


@pytest.fixture
def question(cast: Cast, channel: Channel) -> Conversation:
    return start_conversation(
        actor=acting(cast.alice), channel_id=channel.pk, title="Why does the deploy hang?", body="No logs.\nNothing."
    )


def say(member: Member, conversation: Conversation, body: str, **more: object) -> Message:
    return post_message(actor=acting(member), conversation_id=conversation.pk, body=body, **more)  # type: ignore[arg-type]


def test_page_shows_question_accepted_answer_first_and_the_rest_in_order(cast: Cast, question: Conversation) -> None:
    first = say(cast.erin, question, "Have you tried it **twice**?")
    right = say(cast.bob, question, "It waits for a lock.")
    say(cast.alice, question, "@Bob Explainer that was it", reply_to_id=right.pk)
    accept_answer(actor=acting(cast.alice), message_id=right.pk)
    thank_for_message(actor=acting(cast.erin), message_id=right.pk)
    page = page_of(cast.carol, f"/conversations/{question.pk}/")
    assert "No logs.<br>" in page
    assert "Accepted by Alice" in page
    assert "Helped Erin get going" in page
    assert f'href="/people/{cast.bob.pk}/"' in page
    assert page.index(f'id="m{right.pk}"') < page.index(f'id="m{first.pk}"')
    assert page.count(f'id="m{right.pk}"') == 1
    assert "2 answers" in page


def test_private_conversation_is_not_there_for_others(cast: Cast) -> None:
    leads = create_channel(actor=acting(cast.bob), name="leads", visibility="private")
    add_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=cast.alice.pk)
    hidden = start_conversation(actor=acting(cast.alice), channel_id=leads.pk, title="Who leaves?")
    answer = say(cast.bob, hidden, "Nobody.")
    client = Client()
    client.force_login(cast.erin)
    for address in (
        f"/conversations/{hidden.pk}/",
        f"/conversations/{hidden.pk}/nearby/",
        f"/conversations/{hidden.pk}/news/?after=0",
        f"/conversations/{hidden.pk}/completions/?q=@b",
        f"/conversations/{hidden.pk}/arrange/",
        f"/conversations/{hidden.pk}/split/",
        f"/messages/{answer.pk}/",
        f"/messages/{answer.pk}/more/",
        f"/messages/{answer.pk}/edit/",
        f"/messages/{answer.pk}/wordings/",
    ):
        assert client.get(address).status_code == 404, address


def test_address_of_a_merged_conversation_leads_to_the_other(cast: Cast, question: Conversation) -> None:
    other = start_conversation(actor=acting(cast.erin), channel_id=question.channel_id, title="The deploy hangs")
    merge_conversations(actor=acting(cast.bob), conversation_id=other.pk, into_id=question.pk)
    client = Client()
    client.force_login(cast.carol)
    assert client.get(f"/conversations/{other.pk}/").headers["Location"] == f"/conversations/{question.pk}/"


def test_asker_without_a_name_is_named_nowhere_on_the_page(cast: Cast, channel: Channel) -> None:
    asked = start_conversation(
        actor=acting(cast.alice), channel_id=channel.pk, title="Am I lost?", body="I am.", anonymous=True
    )
    answer = say(cast.bob, asked, "So was I.")
    say(cast.alice, asked, "Thank you.")
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="It helped.")
    for reader in (cast.bob, cast.erin, cast.dave):
        page = page_of(reader, f"/conversations/{asked.pk}/")
        assert "Somebody asked this without their name" in page
        assert "Accepted by who asked" in page
        assert "Alice" not in page
        assert f"/people/{cast.alice.pk}/" not in page
    assert "It was you" in page_of(cast.alice, f"/conversations/{asked.pk}/")


def test_removed_words_are_gone_and_their_place_stays(cast: Cast, question: Conversation) -> None:
    said = say(cast.erin, question, "A secret slipped out.")
    edit_message(actor=acting(cast.erin), message_id=said.pk, body="A secret of mine slipped out.")
    remove_message(actor=acting(cast.erin), message_id=said.pk)
    page = page_of(cast.carol, f"/conversations/{question.pk}/")
    assert "Erin removed a message here." in page
    for address in (f"/conversations/{question.pk}/", f"/messages/{said.pk}/wordings/", f"/messages/{said.pk}/more/"):
        assert "secret" not in page_of(cast.carol, address)


def long_conversation(cast: Cast, question: Conversation, count: int) -> list[Message]:
    """Laid out in one write, as an import does it: half a minute between messages."""
    began = timezone.now() - timedelta(minutes=count)
    Message.objects.filter(conversation=question).update(posted_at=began)
    members = [cast.bob, cast.erin, cast.carol]
    made = Message.objects.bulk_create(
        Message(
            conversation=question,
            author=members[place % 3],
            body=f"Message {place}: look at `pg_locks`, then end what holds it.\nIt takes a minute.",
            posted_at=began + timedelta(seconds=30 * (place + 1)),
        )
        for place in range(count)
    )
    recount(conversation_ids=[question.pk])
    return made


def test_earlier_messages_come_on_request_and_each_is_found_by_its_own_address(
    cast: Cast, question: Conversation
) -> None:
    made = long_conversation(cast, question, 250)
    page = page_of(cast.carol, f"/conversations/{question.pk}/")
    assert "150 earlier messages" in page
    assert "Message 249:" in page
    assert "Message 149:" not in page
    earlier = page_of(cast.carol, f"/conversations/{question.pk}/?before={made[150].pk}")
    assert "Message 149:" in earlier
    assert "Message 150:" not in earlier
    assert "To the newest messages" in earlier
    for place in (0, 49, 50, 120, 149, 150, 249):
        assert f'id="m{made[place].pk}"' in page_of(cast.carol, f"/messages/{made[place].pk}/"), place


def test_page_with_everything_on_it_asks_at_most_fifteen_times(cast: Cast, question: Conversation) -> None:
    made = long_conversation(cast, question, 500)
    accept_answer(actor=acting(cast.alice), message_id=made[10].pk)
    for member in (cast.erin, cast.carol, cast.dave):
        say_me_too(actor=acting(member), conversation_id=question.pk)
        react(actor=acting(member), message_id=made[498].pk, emoji="👍")
        thank_for_message(actor=acting(member), message_id=made[498 if member != cast.carol else 499].pk)
    say(cast.erin, question, "See above", reply_to_id=made[499].pk)
    split_conversation(
        actor=acting(cast.bob), conversation_id=question.pk, message_ids=[made[480].pk], title="Another thing"
    )
    client = Client()
    client.force_login(cast.erin)
    client.get(f"/conversations/{question.pk}/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        response = client.get(f"/conversations/{question.pk}/")
    assert response.status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(query["sql"][:160] for query in asked)
    assert "A side topic went on in" in response.content.decode()


def test_new_messages_since_the_last_visit_are_marked(cast: Cast, question: Conversation) -> None:
    say(cast.bob, question, "Old news.")
    page_of(cast.alice, f"/conversations/{question.pk}/")
    fresh = say(cast.bob, question, "Fresh news.")
    page = page_of(cast.alice, f"/conversations/{question.pk}/")
    line = page.index("New since you were here")
    assert page.index("Old news.") < line < page.index(f'id="m{fresh.pk}"')
    assert "New since you were here" not in page_of(cast.alice, f"/conversations/{question.pk}/")


def test_reply_address_names_what_it_answers(cast: Cast, question: Conversation) -> None:
    said = say(cast.bob, question, "It waits for a lock.")
    page = page_of(cast.alice, f"/conversations/{question.pk}/?reply={said.pk}")
    assert f'name="reply_to" value="{said.pk}"' in page
