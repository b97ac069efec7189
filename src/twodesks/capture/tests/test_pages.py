"""The pages and forms, by the HTTP client."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast, acting
from twodesks.capture.models import ConversationInsight, KeepOffer, PossibleUpdate
from twodesks.capture.operations.allow_elsewhere import allow_elsewhere
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.tests.conftest import ANSWERS, Asked
from twodesks.channels.models import Channel
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Message
from twodesks.conversations.operations.post_message import post_message
from twodesks.insights.models import Insight, InsightDraft
from twodesks.insights.operations.move_insight import move_insight
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.actor import system
from twodesks.people.models import Member
from twodesks.recordings.models import Recording

pytestmark = pytest.mark.django_db


def signed_in(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_home_offers_what_one_explained_and_keeps_it_with_one_click(cast: Cast, explained: Asked) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    client = signed_in(cast.bob)
    page = client.get("/").content.decode()
    assert "How to see which query holds the lock on orders" in page
    assert "Bob explains in three messages" in page
    assert "How to see which query" not in signed_in(cast.alice).get("/").content.decode().split("Fresh")[0]
    answer = client.post(reverse("answer-offer", args=[KeepOffer.objects.get().pk]), {"answer": "keep"})
    insight = Insight.objects.get()
    assert answer.headers["Location"] == reverse("insight", args=[insight.pk])
    kept = client.get(insight.get_absolute_url()).content.decode()
    assert f'href="/messages/{Message.objects.get(body=ANSWERS[2]).pk}/" class="src"' in kept


def test_not_this_one_goes_back_to_where_it_was_said_and_nowhere_else(cast: Cast, explained: Asked) -> None:
    judge_conversation(actor=system(), conversation_id=explained().pk)
    address = reverse("answer-offer", args=[KeepOffer.objects.get().pk])
    client = signed_in(cast.bob)
    assert client.post(address, {"answer": "no", "next": "//evil.example/"}).headers["Location"] == "/"
    assert client.post(address, {"answer": "later", "next": "/ask/"}).headers["Location"] == "/ask/"


def test_messages_are_chosen_and_the_draft_opens_in_the_editor(cast: Cast, explained: Asked) -> None:
    asked = explained()
    client = signed_in(cast.carol)
    address = reverse("capture-conversation", args=[asked.pk])
    page = client.get(address)
    assert page.status_code == 200
    assert page.content.decode().count('name="message"') == 5
    chosen = Message.objects.get(conversation=asked, body=ANSWERS[2])
    answer = client.post(address, {"message": [chosen.pk], "channel": asked.channel_id})
    draft = InsightDraft.objects.get()
    assert answer.headers["Location"] == reverse("edit-insight", args=[draft.insight_id])
    assert "wait for it instead" in draft.body


@pytest.mark.parametrize(
    "given", [{}, {"message": "x"}, {"message": "99999999999999999999"}, {"message": "1", "channel": "y"}]
)
def test_a_wrong_choice_is_refused_in_words_and_changes_nothing(
    cast: Cast, explained: Asked, given: dict[str, str]
) -> None:
    address = reverse("capture-conversation", args=[explained().pk])
    answer = signed_in(cast.bob).post(address, given)
    assert answer.status_code in (400, 422)
    assert 'role="alert"' in answer.content.decode()
    assert Insight.objects.count() == 0


def test_a_private_conversation_is_not_there_for_others_and_stays_unless_a_steward_says_so(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    address = reverse("capture-conversation", args=[asked.pk])
    assert signed_in(cast.erin).get(address).status_code == 404
    elsewhere = {"whole": "1", "channel": platform.pk}
    refused = signed_in(cast.alice).post(address, elsewhere | {"confirm": "1"})
    assert refused.status_code == 403
    assert "which is private" in refused.content.decode()
    assert signed_in(cast.bob).post(address, elsewhere).status_code == 403
    assert signed_in(cast.bob).post(address, elsewhere | {"confirm": "1"}).status_code == 302
    assert ConversationInsight.objects.get().allowed_by == cast.bob


def test_what_came_after_is_on_the_owners_home_and_is_added_with_one_click(cast: Cast, explained: Asked) -> None:
    asked = explained()
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    post_message(
        actor=acting(cast.carol), conversation_id=asked.pk, body="From version 17 on there is a view for this."
    )
    judge_conversation(actor=system(), conversation_id=asked.pk)
    client = signed_in(cast.bob)
    assert f'hx-get="{reverse("possible-updates")}"' in client.get("/").content.decode()
    page = client.get(reverse("possible-updates")).content.decode()
    assert "From version 17 on there is a view for this." in page
    address = page.split('action="/updates/')[1].split('"')[0]
    client.post(f"/updates/{address}")
    assert "From version 17" in Insight.objects.get(pk=link.insight_id).body
    assert "From version 17" not in client.get(reverse("possible-updates")).content.decode()


def test_an_addition_from_a_private_channel_asks_its_steward_and_nobody_else(
    cast: Cast, explained: Asked, leads: Channel, platform: Channel
) -> None:
    asked = explained(leads)
    link = capture_conversation(
        actor=acting(cast.alice), conversation_id=asked.pk, message_ids=[Message.objects.get(body=ANSWERS[2]).pk]
    )
    draft = InsightDraft.objects.get()
    publish_insight(
        actor=acting(cast.alice), insight_id=link.insight_id, title=draft.title, body=draft.body, channel_id=leads.pk
    )
    allow_elsewhere(actor=acting(cast.bob), capture_id=link.pk)
    move_insight(actor=acting(cast.alice), insight_id=link.insight_id, channel_id=platform.pk)
    post_message(actor=acting(cast.bob), conversation_id=asked.pk, body="From version 17 on there is a view for this.")
    judge_conversation(actor=system(), conversation_id=asked.pk)
    address = reverse("add-update", args=[PossibleUpdate.objects.get().pk])
    author, steward = signed_in(cast.alice), signed_in(cast.bob)
    for client, words in ((author, "those who look after it can add it"), (steward, "Others may read this")):
        page = client.get(reverse("possible-updates")).content.decode()
        assert words in page
        assert (address in page) == (client is steward)
    assert author.post(address, {"confirm": "1"}).status_code == 403
    assert steward.post(address).status_code == 403
    assert "From version 17" not in Insight.objects.get().body
    assert steward.post(address, {"confirm": "1"}).status_code == 302
    assert "From version 17" in Insight.objects.get().body


def test_the_conversation_offers_and_afterwards_shows_what_it_became(cast: Cast, explained: Asked) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    client = signed_in(cast.bob)
    page = client.get(asked.get_absolute_url()).content.decode()
    assert "Keep this as an insight?" in page
    assert "Bob’s four steps" in page
    other = signed_in(cast.erin)
    assert "Keep this as an insight?" not in other.get(asked.get_absolute_url()).content.decode()
    link = keep_conversation(actor=acting(cast.bob), conversation_id=asked.pk)
    after = other.get(asked.get_absolute_url()).content.decode()
    assert "Keep this as an insight?" not in after
    assert f'href="{link.insight.get_absolute_url()}"' in after
    origin = other.get(reverse("came-from", args=[link.insight_id])).content.decode()
    assert asked.get_absolute_url() in origin


@pytest.mark.parametrize(("kind", "named"), [("screen", "one recording"), ("voice", "one voice note")])
def test_the_offer_says_what_kind_of_recording_the_draft_would_hold(
    cast: Cast, explained: Asked, kind: str, named: str
) -> None:
    asked = explained()
    shown = Recording.objects.create(title="How I see it", kind=kind, owner=cast.bob, duration_ms=60_000)
    Message.objects.filter(body=ANSWERS[1]).update(recording=shown)
    judge_conversation(actor=system(), conversation_id=asked.pk)
    page = signed_in(cast.bob).get(asked.get_absolute_url()).content.decode()
    held = page.split('class="inc"')[1].split("</ul>")[0]
    assert named in held
    assert ("voice note" in held) == (kind == "voice")


def test_the_channel_shows_stewards_what_is_worth_keeping_with_the_reasons(
    cast: Cast, explained: Asked, platform: Channel
) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    for show in ("everything", "conversations"):
        page = signed_in(cast.bob).get(f"/channels/{platform.slug}/?show={show}").content.decode()
        assert "Bob explains in three messages, with steps and a command. Alice said it helped." in page
        other = signed_in(cast.erin).get(f"/channels/{platform.slug}/?show={show}").content.decode()
        assert "Bob explains in three messages" not in other
    answer = signed_in(cast.bob).post(
        reverse("put-aside-conversation", args=[asked.pk]), {"next": f"/channels/{platform.slug}/"}
    )
    assert answer.headers["Location"] == f"/channels/{platform.slug}/"
    assert signed_in(cast.erin).post(reverse("put-aside-conversation", args=[asked.pk])).status_code == 403


def test_where_a_private_insight_came_from_is_not_told(cast: Cast, explained: Asked, leads: Channel) -> None:
    link = keep_conversation(actor=acting(cast.bob), conversation_id=explained(leads).pk)
    assert "conversations/" in signed_in(cast.alice).get(reverse("came-from", args=[link.insight_id])).content.decode()
    told = signed_in(cast.erin).get(reverse("came-from", args=[link.insight_id])).content.decode()
    assert told.strip() == ""


def test_a_guest_is_asked_to_sign_in(explained: Asked) -> None:
    answer = Client().get(reverse("capture-conversation", args=[explained().pk]))
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_out_of_an_archived_channel_it_is_kept_in_another_one(cast: Cast, explained: Asked, platform: Channel) -> None:
    """Nothing new goes into it, so no page offers to keep it there."""
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    archive_channel(actor=acting(cast.bob), channel_id=platform.pk)
    attic = create_channel(actor=acting(cast.bob), name="attic")
    client, choosing = signed_in(cast.bob), reverse("capture-conversation", args=[asked.pk])
    for address in ("/", asked.get_absolute_url(), f"/channels/{platform.slug}/?show=conversations"):
        page = client.get(address).content.decode()
        assert "Choose where to keep it" in page
        assert f'href="{choosing}"' in page
        assert ">Keep it<" not in page
    page = client.get(choosing).content.decode()
    assert f"{platform} is archived" in page
    refused = client.post(choosing, {"whole": "1", "channel": ""})
    assert refused.status_code == 403
    assert "Choose another channel" in refused.content.decode()
    assert client.post(choosing, {"whole": "1", "channel": attic.pk}).status_code == 302
    assert Insight.objects.get().channel == attic


def written(member: Member, title: str, channel: Channel) -> Insight:
    draft = start_insight(actor=acting(member), title=title, body="As it was explained.", channel_id=channel.pk)
    return publish_insight(
        actor=acting(member), insight_id=draft.insight_id, title=title, body=draft.body, channel_id=channel.pk
    )


def test_insights_that_are_near_are_offered_to_add_to(
    cast: Cast, explained: Asked, platform: Channel, leads: Channel
) -> None:
    near = written(cast.carol, "Which query holds a lock on the orders table", platform)
    inside = written(cast.bob, "How to see a query that holds the orders lock", leads)
    far = written(cast.carol, "How to cool the motors", platform)
    asked = explained()
    client, address = signed_in(cast.erin), reverse("capture-conversation", args=[asked.pk])
    page = client.get(address).content.decode()
    assert near.title in page
    for other in (inside, far):
        assert other.title not in page
    assert inside.title in signed_in(cast.alice).get(address).content.decode()
    chosen = Message.objects.get(conversation=asked, body=ANSWERS[2])
    answer = client.post(address, {"message": [chosen.pk], "channel": platform.pk, "insight": near.pk})
    assert answer.headers["Location"] == reverse("insight", args=[near.pk])
    near.refresh_from_db()
    assert near.body.startswith("As it was explained.")
    assert "wait for it instead" in near.body
    assert page.count('name="insight"') == 2
    assert client.get(address).content.decode().count(near.title) == 1


def test_out_of_a_private_channel_only_a_steward_is_offered_insights_elsewhere(
    cast: Cast, explained: Asked, platform: Channel, leads: Channel
) -> None:
    near = written(cast.carol, "Which query holds a lock on the orders table", platform)
    address = reverse("capture-conversation", args=[explained(leads).pk])
    assert near.title not in signed_in(cast.alice).get(address).content.decode()
    steward = signed_in(cast.bob)
    assert near.title in steward.get(address).content.decode()
    given = {"whole": "1", "insight": near.pk}
    refused = steward.post(address, given)
    assert refused.status_code == 403
    assert f'value="{near.pk}" checked' in refused.content.decode()
    assert steward.post(address, given | {"confirm": "1"}).status_code == 302
