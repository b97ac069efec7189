"""Asking: what the page offers, where a question goes, and who never hears of it."""

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.insights.models import Insight, Verdict
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.actor import Door, system
from twodesks.people.models import Member, Organisation
from twodesks.people.operations.add_member import add_member
from twodesks.routing.operations.weigh_answers import weigh_answers
from twodesks.routing.queries.activity import forget_activity
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_conversations import index_conversations
from twodesks.search.queries.engines import forget_engines

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


def explained(cast: Cast, channel: Channel, title: str) -> Conversation:
    """Alice asks, Bob answers, Alice accepts; index and routing have read it."""
    question = start_conversation(actor=acting(cast.alice), channel_id=channel.pk, title=title)
    answer = post_message(
        actor=acting(cast.bob), conversation_id=question.pk, body="Set lock_timeout, then run the migration again."
    )
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    index_conversations(conversation_ids=[question.pk])
    weigh_answers(conversation_ids=[question.pk])
    embed_passages()
    forget_engines()
    forget_activity()
    return question


def test_who_knows_is_offered_with_the_reason_and_can_be_asked(cast: Cast, client: Client, platform: Channel) -> None:
    question = explained(cast, platform, "Why does the deploy wait for a lock?")
    client.force_login(cast.erin)
    page = client.get("/ask/suggestions/", {"q": "the deploy waits for a lock"}).content.decode()
    assert f'name="asked" value="{cast.bob.pk}" data-name="Bob"' in page
    assert "Answered 1 about " in page
    assert ", accepted." in page
    assert f'data-channel="{platform.pk}"' in page
    assert f'href="/messages/{question.messages.latest("pk").pk}/"' in page
    chosen = client.get(
        "/ask/suggestions/", {"q": "the deploy waits for a lock", "asked": str(cast.bob.pk)}
    ).content.decode()
    assert f'value="{cast.bob.pk}" data-name="Bob" checked' in chosen
    client.post("/ask/", {"q": "Why a lock?", "channel": platform.pk, "kind": "question", "asked": cast.bob.pk})
    made = Conversation.objects.latest("pk")
    assert [one.member for one in made.asked.all()] == [cast.bob]


def test_an_accepted_answer_that_helps_again_is_thanked_for(cast: Cast, client: Client, platform: Channel) -> None:
    question = explained(cast, platform, "Why does the deploy wait for a lock?")
    answer = question.messages.latest("pk")
    client.force_login(cast.erin)
    page = client.get("/ask/suggestions/", {"q": "the deploy waits for a lock"}).content.decode()
    assert f'name="answered" value="message:{answer.pk}"' in page
    assert client.post("/ask/answered/", {"answered": f"message:{answer.pk}"}).status_code == 302
    answer.refresh_from_db()
    assert answer.thanks_count == 1
    worth = judge_conversation(actor=system(), conversation_id=question.pk)
    assert "Shown to others once" in worth.reasons


def test_nothing_of_a_private_channel_is_offered(cast: Cast, client: Client, leads: Channel) -> None:
    add_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=cast.alice.pk)
    explained(cast, leads, "Why does the deploy wait for a lock?")
    client.force_login(cast.erin)
    for given in ({"q": "the deploy waits for a lock"}, {"q": "the deploy waits for a lock", "channel": str(leads.pk)}):
        page = client.get("/ask/suggestions/", given).content.decode()
        assert "lock_timeout" not in page
        assert "Bob" not in page
        assert "data-channel" not in page


def test_a_double_click_without_script_asks_once(cast: Cast, client: Client, platform: Channel) -> None:
    client.force_login(cast.alice)
    key = client.get("/ask/").content.decode().split('name="key" value="')[1].split('"')[0]
    assert len(key) == 36
    form = {"q": "Why does the deploy hang?", "channel": platform.pk, "kind": "question", "key": key}
    assert client.post("/ask/", form)["Location"] == client.post("/ask/", form)["Location"]
    other = client.post("/ask/", form | {"q": "Who owns the deploy?"})
    assert list(Conversation.objects.order_by("pk").values_list("title", flat=True)) == [
        "Why does the deploy hang?",
        "Who owns the deploy?",
    ]
    assert other["Location"] == f"/conversations/{Conversation.objects.latest('pk').pk}/"


@pytest.mark.parametrize("kind", ["archived", "hidden", "gone", "asked is no number", "asked is nobody"])
def test_every_refusal_keeps_the_words(
    cast: Cast, client: Client, platform: Channel, leads: Channel, kind: str
) -> None:
    given = {"q": "Why does <it> hang?", "channel": str(platform.pk), "kind": "question"}
    if kind == "archived":
        archive_channel(actor=acting(cast.bob), channel_id=platform.pk)
    given |= {
        "hidden": {"channel": str(leads.pk)},
        "gone": {"channel": "999999"},
        "asked is no number": {"asked": "9" * 5000, "channel": "9" * 5000},
        "asked is nobody": {"asked": "99999999"},
    }.get(kind, {})
    client.force_login(cast.alice)
    answer = client.post("/ask/", given)
    assert answer.status_code in (403, 422)
    assert 'role="alert"' in answer.content.decode()
    assert ">Why does &lt;it&gt; hang?</textarea>" in answer.content.decode()
    assert not Conversation.objects.exists()


def test_one_person_is_asked_by_name_without_script(cast: Cast, client: Client, platform: Channel) -> None:
    client.force_login(cast.alice)
    form = {"q": "Why does it hang?", "channel": platform.pk, "kind": "question"}
    client.post("/ask/", form | {"who": " bob  ", "asked": ""})
    assert [one.member for one in Conversation.objects.get().asked.all()] == [cast.bob]
    unknown = client.post("/ask/", form | {"who": "Nobody Here"})
    assert unknown.status_code == 422
    assert "Nobody called Nobody Here reads this channel" in unknown.content.decode()
    assert 'value="Nobody Here"' in unknown.content.decode()
    assert Conversation.objects.count() == 1


def test_of_two_of_one_name_one_is_chosen(cast: Cast, client: Client, platform: Channel) -> None:
    name = cast.bob.name
    twin = add_member(actor=system(Door.CLI), name=name, email="twin@example.org", password=None)
    client.force_login(cast.alice)
    form = {"q": "Why does it hang?", "channel": platform.pk, "kind": "question", "who": name}
    refused = client.post("/ask/", form)
    assert refused.status_code == 422
    page = refused.content.decode()
    for member in (cast.bob, twin):
        assert f'name="asked" value="{member.pk}"' in page
    client.post("/ask/", form | {"asked": twin.pk})
    assert [one.member for one in Conversation.objects.get().asked.all()] == [twin]


def test_only_readers_of_the_channel_are_found_by_name(
    cast: Cast, client: Client, platform: Channel, leads: Channel
) -> None:
    def found(member: Member, who: str, channel: Channel) -> str:
        client.force_login(member)
        return client.get("/ask/people/", {"who": who, "channel": str(channel.pk)}).content.decode()

    assert f'value="{cast.erin.pk}"' in found(cast.alice, cast.erin.name[:3], platform)
    assert "Nobody called" in found(cast.bob, cast.erin.name[:3], leads)
    assert "Choose a channel first" in found(cast.alice, cast.bob.name, leads)
    assert "Nobody called" in found(cast.alice, cast.alice.name, platform)
