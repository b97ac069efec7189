"""Asking: what the page offers, where a question goes, and who never hears of it."""

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation
from twodesks.insights.models import Insight, Verdict
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _organisation(db: None) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


@pytest.fixture
def platform(cast: Cast) -> Channel:
    return create_channel(actor=acting(cast.bob), name="platform", purpose="Deploys.")


@pytest.fixture
def leads(cast: Cast) -> Channel:
    return create_channel(actor=acting(cast.bob), name="leads", visibility="private")


def keep(cast: Cast, title: str, body: str, channel: Channel) -> Insight:
    draft = start_insight(actor=acting(cast.bob))
    return publish_insight(
        actor=acting(cast.bob), insight_id=draft.insight_id, title=title, body=body, channel_id=channel.pk
    )


def test_question_goes_to_the_channel_that_was_chosen(cast: Cast, client: Client, platform: Channel) -> None:
    client.force_login(cast.alice)
    question = "Why does the deploy hang?\n\nNothing in the logs, and `ALTER TABLE` waits."
    answer = client.post("/ask/", {"q": question, "channel": platform.pk, "kind": "question", "key": "k1"})
    made = Conversation.objects.get()
    assert answer["Location"] == f"/conversations/{made.pk}/"
    assert (made.title, made.channel, made.started_by) == ("Why does the deploy hang?", platform, cast.alice)
    assert made.messages.get().body == "Nothing in the logs, and `ALTER TABLE` waits."
    again = client.post("/ask/", {"q": question, "channel": platform.pk, "kind": "question", "key": "k1"})
    assert again["Location"] == answer["Location"]
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"q": "Why?"}, "Choose a channel"),
        ({"q": "   ", "channel": "CHANNEL"}, "Say in a line"),
        ({"q": "Why?", "channel": "CHANNEL", "kind": "poem"}, "a question, a discussion"),
        ({"q": "Why?", "channel": "CHANNEL", "asked": "ERIN", "kind": "question"}, None),
    ],
)
def test_what_is_missing_is_said_and_the_words_stay(
    cast: Cast, client: Client, platform: Channel, given: dict[str, str], said: str | None
) -> None:
    client.force_login(cast.alice)
    filled = {
        name: value.replace("CHANNEL", str(platform.pk)).replace("ERIN", str(cast.erin.pk))
        for name, value in given.items()
    }
    answer = client.post("/ask/", filled)
    if said is None:
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert f">{filled['q']}</textarea>" in page
    assert not Conversation.objects.exists()


def test_question_without_a_name_names_nobody(cast: Cast, client: Client, platform: Channel) -> None:
    client.force_login(cast.alice)
    client.post("/ask/", {"q": "Is it safe to say?", "channel": platform.pk, "kind": "question", "anonymous": "on"})
    made = Conversation.objects.get()
    for member in (cast.bob, cast.dave):
        client.force_login(member)
        for address in (f"/conversations/{made.pk}/", "/", "/channels/platform/", f"/people/{cast.alice.pk}/"):
            page = client.get(address).content.decode()
            assert "Alice Asker" not in page or address.startswith("/people/"), address
            if address.startswith("/people/"):
                assert "Is it safe to say?" not in page


def test_page_looks_before_one_asks(cast: Cast, client: Client, platform: Channel, leads: Channel) -> None:
    kept = keep(cast, "Find and end the query that holds a lock", "Find the oldest transaction and end it.", platform)
    keep(cast, "Locks of the leads", "Only leads know which transaction holds a lock.", leads)
    client.force_login(cast.alice)
    page = client.get("/ask/suggestions/", {"q": "which transaction holds the lock"}).content.decode()
    assert kept.title in page
    assert "Locks of the leads" not in page
    assert "leads know" not in page
    client.force_login(cast.bob)
    assert "Locks of the leads" in client.get("/ask/suggestions/", {"q": "holds a lock leads"}).content.decode()


def test_answer_that_was_there_counts_as_help(cast: Cast, client: Client, platform: Channel) -> None:
    kept = keep(cast, "Find and end the query that holds a lock", "Find the oldest transaction and end it.", platform)
    client.force_login(cast.alice)
    client.post("/ask/answered/", {"answered": f"insight:{kept.pk}"})
    assert Verdict.objects.get().outcome == "helped"
    assert client.post("/ask/answered/", {"answered": "course:1"}).status_code == 422
    assert client.post("/ask/answered/", {"answered": "insight:999999"}).status_code == 404


def test_guests_are_asked_to_sign_in(client: Client) -> None:
    assert client.get("/ask/?q=lock")["Location"].startswith("/sign-in/")
    assert client.get("/ask/suggestions/?q=lock")["Location"].startswith("/sign-in/")


def test_page_costs_at_most_fifteen_queries(
    cast: Cast, client: Client, platform: Channel, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(6):
        keep(cast, f"Locks, part {number}", "Find the oldest transaction that holds a lock and end it.", platform)
    client.force_login(cast.alice)
    client.get("/ask/?q=lock")
    with django_assert_max_num_queries(15):  # type: ignore[operator]
        client.get("/ask/", {"q": "who holds the lock of the transaction"})
