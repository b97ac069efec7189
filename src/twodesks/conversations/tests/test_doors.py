"""What members send about conversations: each view with its success, its refusal, and its answer to a script."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast, acting
from twodesks.activity.models import LiveEvent
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import (
    AskedMember,
    AskerReveal,
    Conversation,
    ConversationFollowing,
    Message,
    MessageAttachment,
    MessageThanks,
    Reaction,
)
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.split_conversation import split_conversation
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.queries.splitting import AT_ONCE
from twodesks.conversations.queries.thread import WINDOW
from twodesks.conversations.tests.conftest import As
from twodesks.kit.actor import Door, Role, system
from twodesks.people.operations.add_member import add_member

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true"}


def test_message_is_sent_and_the_way_leads_to_it(cast: Cast, question: Conversation, as_member: As) -> None:
    sent = as_member(cast.bob).post(f"/conversations/{question.pk}/messages/", {"body": "Look at\r\npg_locks."})
    message = Message.objects.latest("pk")
    assert sent.headers["Location"] == f"/messages/{message.pk}/"
    assert (message.author, message.body) == (cast.bob, "Look at\npg_locks.")


def test_script_gets_the_message_back_and_a_retry_the_same_one(
    cast: Cast, question: Conversation, as_member: As
) -> None:
    form = {"body": "Look at pg_locks.", "key": "one"}
    address = f"/conversations/{question.pk}/messages/"
    for _ in range(2):
        sent = as_member(cast.bob).post(address, form, headers=SCRIPT)
        assert f'id="m{Message.objects.latest("pk").pk}"' in sent.content.decode()
        assert "1 answer<" in sent.content.decode()
    assert question.messages.count() == 2


def test_empty_message_is_refused_in_place(cast: Cast, question: Conversation, as_member: As) -> None:
    address = f"/conversations/{question.pk}/messages/"
    for headers in ({}, SCRIPT):
        refused = as_member(cast.bob).post(address, {"body": "  "}, headers=headers)
        assert refused.status_code == 422
        assert "There is nothing to send yet" in refused.content.decode()
    assert question.messages.count() == 1


def test_refused_words_are_kept_on_the_page(cast: Cast, question: Conversation, as_member: As) -> None:
    too_many = {"body": "My long <answer>.", "attachment": ",".join(str(number) for number in range(1, 22))}
    refused = as_member(cast.bob).post(f"/conversations/{question.pk}/messages/", too_many)
    assert refused.status_code == 422
    assert "up to 20 files" in refused.content.decode()
    assert "My long &lt;answer&gt;." in refused.content.decode()


def test_nothing_goes_into_an_archived_channel(cast: Cast, question: Conversation, as_member: As) -> None:
    archive_channel(actor=acting(cast.bob), channel_id=question.channel_id)
    refused = as_member(cast.bob).post(f"/conversations/{question.pk}/messages/", {"body": "Too late."})
    assert refused.status_code == 403
    assert "is archived" in refused.content.decode()
    assert question.messages.count() == 1


def test_lost_file_keeps_the_words(cast: Cast, question: Conversation, as_member: As) -> None:
    refused = as_member(cast.bob).post(
        f"/conversations/{question.pk}/messages/", {"body": "My long <answer>.", "attachment": "77"}
    )
    assert refused.status_code == 422
    assert "My long &lt;answer&gt;." in refused.content.decode()


def test_file_goes_with_a_message_without_script(cast: Cast, question: Conversation, as_member: As) -> None:
    file = SimpleUploadedFile("log.txt", b"lock wait", "text/plain")
    as_member(cast.bob).post(f"/conversations/{question.pk}/messages/", {"body": "Here.", "file": file})
    attachment = MessageAttachment.objects.get()
    assert attachment.message == Message.objects.latest("pk")
    leads = as_member(cast.erin).get(f"/messages/{attachment.message_id}/files/{attachment.pk}/")
    got = as_member(cast.erin).get(leads.headers["Location"])
    assert b"".join(got.streaming_content) == b"lock wait"  # type: ignore[attr-defined]
    assert "attachment" in got.headers["Content-Disposition"]


def test_waiting_file_is_its_owners_alone(cast: Cast, question: Conversation, as_member: As) -> None:
    file = SimpleUploadedFile("log.txt", b"lock wait", "text/plain")
    kept = as_member(cast.bob).post("/conversations/files/", {"file": file})
    assert kept.status_code == 201
    waiting = kept.json()["id"]
    stolen = as_member(cast.erin).post(f"/conversations/{question.pk}/messages/", {"body": "!", "attachment": waiting})
    assert stolen.status_code == 422
    assert as_member(cast.erin).get(f"/messages/1/files/{waiting}/").status_code == 404
    assert as_member(cast.bob).post("/conversations/files/", {}).status_code == 422


def test_own_message_is_changed_and_its_earlier_wording_stays(cast: Cast, answer: Message, as_member: As) -> None:
    bob = as_member(cast.bob)
    assert "It waits for a **lock**." in bob.get(f"/messages/{answer.pk}/edit/").content.decode()
    bob.post(f"/messages/{answer.pk}/edit/", {"body": "It waits for two locks."})
    answer.refresh_from_db()
    assert answer.body == "It waits for two locks."
    page = as_member(cast.erin).get(f"/messages/{answer.pk}/wordings/").content.decode()
    assert "<strong>lock</strong>" in page
    assert "two locks" in page


def test_change_that_leaves_nothing_is_refused(cast: Cast, answer: Message, as_member: As) -> None:
    refused = as_member(cast.bob).post(f"/messages/{answer.pk}/edit/", {"body": " "}, headers=SCRIPT)
    assert refused.status_code == 422
    assert "Nothing would be left" in refused.content.decode()


def test_message_of_another_is_neither_changed_nor_removed(cast: Cast, answer: Message, as_member: As) -> None:
    erin = as_member(cast.erin)
    assert erin.get(f"/messages/{answer.pk}/edit/").status_code == 403
    assert erin.post(f"/messages/{answer.pk}/edit/", {"body": "Mine."}).status_code == 403
    assert erin.post(f"/messages/{answer.pk}/remove/").status_code == 403
    answer.refresh_from_db()
    assert (answer.body, answer.removed_at) == ("It waits for a **lock**.", None)


def test_removed_message_comes_back(cast: Cast, answer: Message, as_member: As) -> None:
    bob = as_member(cast.bob)
    gone = bob.post(f"/messages/{answer.pk}/remove/", headers=SCRIPT).content.decode()
    assert "You removed this message." in gone
    assert "Bring it back" in gone
    assert "lock" not in gone
    back = bob.post(f"/messages/{answer.pk}/restore/", headers=SCRIPT).content.decode()
    assert "<strong>lock</strong>" in back


def test_thanks_reach_who_answered_and_the_words_may_follow(cast: Cast, answer: Message, as_member: As) -> None:
    erin = as_member(cast.erin)
    part = erin.post(f"/messages/{answer.pk}/thanks/", headers=SCRIPT).content.decode()
    assert 'Thanked <span class="num">1</span>' in part
    erin.post(f"/messages/{answer.pk}/thanks/", {"words": "It saved my evening."})
    thanks = MessageThanks.objects.get()
    assert (thanks.receiver, thanks.words) == (cast.bob, "It saved my evening.")
    assert as_member(cast.bob).post(f"/messages/{answer.pk}/thanks/").status_code == 422


def test_sign_goes_on_and_off(cast: Cast, answer: Message, as_member: As) -> None:
    erin = as_member(cast.erin)
    on = erin.post(f"/messages/{answer.pk}/react/?emoji=%F0%9F%91%8D", headers=SCRIPT).content.decode()
    assert "👍 1" in on
    assert "off=1" in on
    erin.post(f"/messages/{answer.pk}/react/?emoji=%F0%9F%91%8D&off=1")
    assert not Reaction.objects.exists()
    assert erin.post(f"/messages/{answer.pk}/react/", {"emoji": "<b>"}).status_code == 422


def test_accepted_answer_moves_to_the_top_and_the_one_before_goes_back(
    cast: Cast, answer: Message, as_member: As
) -> None:
    alice = as_member(cast.alice)
    alice.post(f"/messages/{answer.pk}/accept/")
    other = as_member(cast.erin).post(
        f"/conversations/{answer.conversation_id}/messages/", {"body": "Or restart it."}, headers=SCRIPT
    )
    assert "That answers it" not in other.content.decode()
    better = Message.objects.latest("pk")
    parts = alice.post(f"/messages/{better.pk}/accept/", headers=SCRIPT).content.decode()
    assert f'id="m{better.pk}" data-message="{better.pk}"' in parts
    assert parts.count('data-place="accepted"') == 1
    assert parts.count('data-place="replies"') == 1
    assert as_member(cast.erin).post(f"/messages/{better.pk}/accept/").status_code == 403


def test_question_is_opened_again(cast: Cast, answer: Message, as_member: As) -> None:
    alice = as_member(cast.alice)
    alice.post(f"/messages/{answer.pk}/accept/")
    again = f"/conversations/{answer.conversation_id}/reopen/"
    assert as_member(cast.erin).post(again).status_code == 403
    part = alice.post(again, {"accepted": answer.pk}, headers=SCRIPT).content.decode()
    assert 'data-place="replies"' in part
    assert Conversation.objects.get(pk=answer.conversation_id).accepted_message is None


def test_me_too_is_counted_and_taken_back(cast: Cast, question: Conversation, as_member: As) -> None:
    erin, address = as_member(cast.erin), f"/conversations/{question.pk}/me-too/"
    assert 'Me too <span class="num">1</span>' in erin.post(address, headers=SCRIPT).content.decode()
    erin.post(address, {"off": "1"})
    question.refresh_from_db()
    assert question.me_too_count == 0
    assert as_member(cast.alice).post(address).status_code == 422


def test_following_is_begun_and_ended(cast: Cast, question: Conversation, as_member: As) -> None:
    erin, address = as_member(cast.erin), f"/conversations/{question.pk}/follow/"
    assert "Following" in erin.post(address, headers=SCRIPT).content.decode()
    erin.post(address, {"off": "1"})
    assert ConversationFollowing.objects.get(member=cast.erin).muted_at is not None


def test_one_who_was_asked_passes_it_on(cast: Cast, question: Conversation, as_member: As) -> None:
    ask_member(actor=acting(cast.alice), conversation_id=question.pk, member_id=cast.bob.pk)
    bob, address = as_member(cast.bob), f"/conversations/{question.pk}/pass-on/"
    assert f'href="{address}"' in bob.get(f"/conversations/{question.pk}/").content.decode()
    assert "The channel sees it now" in bob.post(address, follow=True).content.decode()
    assert AskedMember.objects.get().passed_on_at is not None
    assert f'href="{address}"' not in bob.get(f"/conversations/{question.pk}/").content.decode()
    assert "You have passed it on already" in bob.post(address).content.decode()
    refused = as_member(cast.erin).post(address)
    assert (refused.status_code, "You were not asked" in refused.content.decode()) == (422, True)


def test_it_is_passed_on_by_name_and_comes_back(cast: Cast, question: Conversation, as_member: As) -> None:
    ask_member(actor=acting(cast.alice), conversation_id=question.pk, member_id=cast.bob.pk)
    bob, address = as_member(cast.bob), f"/conversations/{question.pk}/pass-on/"
    assert "Write the name of somebody" in bob.post(address, {"who": " "}).content.decode()
    for who, said in (("Zed", "Nobody called Zed reads this channel"), ("Carol", "")):
        found = bob.get(address, {"who": who}).content.decode()
        assert said in found
        assert (f'name="to" value="{cast.carol.pk}" checked' in found) is (who == "Carol")
        assert bob.post(address, {"who": who}).status_code == (422 if said else 302)
    waiting = AskedMember.objects.filter(answered_at=None, passed_on_at=None)
    assert [one.member for one in waiting] == [cast.carol]
    as_member(cast.carol).post(address, {"to": cast.bob.pk})
    assert [one.member for one in waiting.all()] == [cast.bob]
    assert AskedMember.objects.count() == 2


def test_an_open_question_is_put_to_somebody_later(cast: Cast, question: Conversation, as_member: As) -> None:
    alice, address = as_member(cast.alice), f"/conversations/{question.pk}/ask/"
    assert f'href="{address}"' in alice.get(f"/conversations/{question.pk}/").content.decode()
    assert "Write the name of somebody" in alice.post(address).content.decode()
    assert "Nobody called Alice" in alice.post(address, {"who": "Alice"}).content.decode()
    assert "Choose somebody else to ask" in alice.post(address, {"to": cast.alice.pk}).content.decode()
    assert "It waits on their Home now" in alice.post(address, {"who": "bob explainer"}, follow=True).content.decode()
    assert AskedMember.objects.get().member == cast.bob
    archive_channel(actor=acting(cast.bob), channel_id=question.channel_id)
    assert "is archived" in alice.post(address, {"who": "Erin"}).content.decode()


def test_two_of_one_name_are_offered_to_choose_from(cast: Cast, leads: Channel, as_member: As) -> None:
    private = start_conversation(
        actor=acting(cast.alice), channel_id=leads.pk, title="Who plans it?", asked_member_id=cast.bob.pk
    )
    for name in ("Kim Park", "Kim Payne"):
        added = add_member(actor=system(Door.TEST), name=name, email=f"{name[-4:]}@example.org", role=Role.MEMBER)
        add_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=added.pk)
    bob, address = as_member(cast.bob), f"/conversations/{private.pk}/pass-on/"
    page = bob.post(address, {"who": "Kim"})
    assert page.status_code == 422
    assert page.content.decode().count('type="radio" name="to"') == 2
    outside = bob.post(address, {"to": cast.erin.pk})
    assert "Erin Elsewhere cannot read this channel" in outside.content.decode()
    assert as_member(cast.erin).get(address).status_code == 404
    assert AskedMember.objects.get().passed_on_at is None


def test_writer_hears_of_names_that_reach_nobody_and_of_no_others(cast: Cast, leads: Channel, as_member: As) -> None:
    private = start_conversation(actor=acting(cast.bob), channel_id=leads.pk, title="Who plans the move?")
    address, alice = f"/conversations/{private.pk}/messages/", as_member(cast.alice)
    told = "Erin Elsewhere cannot read #leads and was not told"
    sent = alice.post(address, {"body": "@Erin Elsewhere and @Bob might."}, headers=SCRIPT).content.decode()
    assert told in sent
    assert "Bob Explainer cannot" not in sent
    for body in ("@Bob might.", "`@Erin Elsewhere` is a name.", "erin@example.org", "Nobody."):
        assert "data-notice" not in alice.post(address, {"body": body}, headers=SCRIPT).content.decode()
    both = f"[@Erin](/people/{cast.erin.pk}/), @Carol Curator"
    page = alice.post(address, {"body": both}, follow=True).content.decode()
    assert "Carol Curator and Erin Elsewhere cannot read #leads and were not told" in page
    message = Message.objects.latest("pk")
    edited = alice.post(f"/messages/{message.pk}/edit/", {"body": "@Erin Elsewhere, then."}, headers=SCRIPT)
    assert told in edited.content.decode()
    begun = alice.post(
        "/ask/", {"q": "Who packs?\n@Erin Elsewhere?", "channel": leads.pk, "kind": "question"}, follow=True
    )
    assert told in begun.content.decode()


def test_writer_hears_nothing_of_names_where_everybody_reads(cast: Cast, question: Conversation, as_member: As) -> None:
    address = f"/conversations/{question.pk}/messages/"
    sent = as_member(cast.bob).post(address, {"body": "@Erin Elsewhere and @Nobody Known"}, headers=SCRIPT)
    assert "data-notice" not in sent.content.decode()


def is_new_to(reader: Client, conversation: Conversation) -> bool:
    return "New since you were here" in reader.get(f"/conversations/{conversation.pk}/").content.decode()


def test_what_one_wrote_and_what_came_while_one_looked_is_not_new(
    cast: Cast, question: Conversation, as_member: As
) -> None:
    bob, alice = as_member(cast.bob), as_member(cast.alice)
    bob.post(f"/conversations/{question.pk}/messages/", {"body": "It waits for a lock."})
    following = ConversationFollowing.objects.get(conversation=question, member=cast.bob)
    assert following.seen_at is not None
    assert following.seen_at >= question.messages.latest("pk").posted_at
    assert not is_new_to(bob, question)
    assert not is_new_to(alice, question)
    post_message(actor=acting(cast.erin), conversation_id=question.pk, body="The same here.")
    bob.post(f"/conversations/{question.pk}/doing/", {"doing": "here"})
    assert not is_new_to(bob, question)
    post_message(actor=acting(cast.erin), conversation_id=question.pk, body="And again.")
    bob.post("/notifications/seen/", {"about": f"conversation:{question.pk}"}, headers=SCRIPT)
    assert not is_new_to(bob, question)
    alice.post("/notifications/seen/", {"about": "conversation:nothing"}, headers=SCRIPT)
    assert is_new_to(alice, question)


def test_writing_and_being_here_are_told_but_never_of_the_hidden_asker(
    cast: Cast, hidden_question: Conversation, as_member: As
) -> None:
    LiveEvent.objects.all().delete()
    address = f"/conversations/{hidden_question.pk}/doing/"
    for doing in ("here", "writing", "recording", "gone"):
        assert as_member(cast.alice).post(address, {"doing": doing}).status_code == 204
    assert not LiveEvent.objects.exists()
    for doing in ("here", "recording", "gone"):
        as_member(cast.bob).post(address, {"doing": doing})
    told = [(event.name, event.data["member_id"]) for event in LiveEvent.objects.order_by("pk")]
    assert told == [("here", cast.bob.pk), ("typing", cast.bob.pk), ("gone", cast.bob.pk)]


def test_news_brings_what_a_page_missed(cast: Cast, answer: Message, as_member: As) -> None:
    bob, erin, place = as_member(cast.bob), as_member(cast.erin), f"/conversations/{answer.conversation_id}"
    bob.post(f"{place}/messages/", {"body": "And another lock."})
    newer = Message.objects.latest("pk")
    missed = erin.get(f"{place}/news/?after={answer.pk}").content.decode()
    assert f'id="m{newer.pk}"' in missed
    assert f'id="m{answer.pk}"' not in missed


def test_page_that_looks_again_gets_every_message_as_it_is(cast: Cast, answer: Message, as_member: As) -> None:
    """Reactions, thanks, what was merged in before the newest, what was split away: nothing of that has an edit."""
    question, erin = answer.conversation, as_member(cast.erin)
    since = int(answer.posted_at.timestamp())
    other = start_conversation(
        actor=acting(cast.alice), channel_id=question.channel_id, title="It hangs again", body="Since noon."
    )
    last = post_message(actor=acting(cast.bob), conversation_id=question.pk, body="And another lock.")
    merge_conversations(actor=acting(cast.bob), conversation_id=other.pk, into_id=question.pk)
    react(actor=acting(cast.carol), message_id=answer.pk, emoji="👍")
    address = f"/conversations/{question.pk}/news/"
    page = erin.get(address, {"since": str(since), "head": "1"}).content.decode()
    merged = Message.objects.get(body="Since noon.")
    assert page.index(f'id="m{answer.pk}"') < page.index(f'id="m{merged.pk}"') < page.index(f'id="m{last.pk}"')
    assert "👍 1" in page
    split_conversation(actor=acting(cast.bob), conversation_id=question.pk, message_ids=[last.pk], title="Another")
    again = erin.get(address, {"since": "nonsense"}).content.decode()
    assert f'id="m{answer.pk}"' in again
    assert f'id="m{last.pk}"' not in again


def test_completions_offer_those_who_may_read_along(cast: Cast, as_member: As) -> None:
    leads = create_channel(actor=acting(cast.bob), name="leads", visibility="private")
    add_channel_member(actor=acting(cast.bob), channel_id=leads.pk, member_id=cast.alice.pk)
    here = start_conversation(actor=acting(cast.alice), channel_id=leads.pk, title="Who leaves?")
    address = f"/conversations/{here.pk}/completions/"

    def names(begun: str) -> list[str]:
        return [one["name"] for one in as_member(cast.alice).get(address, {"q": begun}).json()["found"]]

    assert names("@") == ["Alice Asker", "Bob Explainer"]
    assert names("@expl") == ["Bob Explainer"]
    assert names("@er") == []
    assert names("#lea") == ["#leads"]


def test_title_kind_and_topics_change(cast: Cast, question: Conversation, as_member: As) -> None:
    form = {"title": "Why do deploys hang?", "kind": "discussion", "topics": "locks, deploys"}
    as_member(cast.carol).post(f"/conversations/{question.pk}/rename/", form)
    question.refresh_from_db()
    assert (question.title, question.kind, question.topics) == (
        "Why do deploys hang?",
        "discussion",
        ["deploys", "locks"],
    )
    refused = as_member(cast.carol).post(f"/conversations/{question.pk}/rename/", {"title": " "})
    assert refused.status_code == 422
    assert "Say in a line what it is about" in refused.content.decode()
    assert as_member(cast.erin).post(f"/conversations/{question.pk}/rename/", form).status_code == 403


def test_private_conversation_is_moved_out_only_when_meant(cast: Cast, platform: Channel, as_member: As) -> None:
    leads = create_channel(actor=acting(cast.bob), name="leads", visibility="private")
    here = start_conversation(actor=acting(cast.bob), channel_id=leads.pk, title="Who leaves?")
    bob, address = as_member(cast.bob), f"/conversations/{here.pk}/move/"
    refused = bob.post(address, {"channel": platform.pk})
    assert refused.status_code == 403
    assert "Nothing was moved" in refused.content.decode()
    bob.post(address, {"channel": platform.pk, "confirmed": "on"})
    here.refresh_from_db()
    assert here.channel == platform
    assert bob.post(address, {}).status_code == 422


def test_other_conversation_is_found_by_its_title_and_merged(cast: Cast, question: Conversation, as_member: As) -> None:
    other = start_conversation(actor=acting(cast.erin), channel_id=question.channel_id, title="Deploy hangs again")
    bob = as_member(cast.bob)
    found = bob.get(f"/conversations/{other.pk}/arrange/?find=deploy+why").content.decode()
    assert f'name="into" value="{question.pk}"' in found
    bob.post(f"/conversations/{other.pk}/merge/", {"into": question.pk})
    other.refresh_from_db()
    assert other.merged_into == question
    assert bob.post(f"/conversations/{question.pk}/merge/", {"into": question.pk}).status_code == 422


def test_chosen_messages_become_a_conversation(cast: Cast, answer: Message, as_member: As) -> None:
    bob, address = as_member(cast.bob), f"/conversations/{answer.conversation_id}/split/"
    chosen = bob.get(f"{address}?message={answer.pk}").content.decode()
    assert f'name="message" value="{answer.pk}" checked' in chosen
    refused = bob.post(address, {"title": "Locks"})
    assert refused.status_code == 422
    assert "Choose the messages that go" in refused.content.decode()
    bob.post(address, {"title": "Locks", "message": answer.pk, "kind": "discussion"})
    answer.refresh_from_db()
    assert (answer.conversation.title, answer.conversation.kind) == ("Locks", "discussion")
    assert as_member(cast.erin).post(address, {"title": "Mine", "message": answer.pk}).status_code == 403


def test_message_of_a_long_thread_is_reached_by_its_own_address(
    cast: Cast, answer: Message, as_member: As, platform: Channel
) -> None:
    Message.objects.bulk_create(
        [Message(conversation=answer.conversation, author=cast.bob, body=f"Step {n}") for n in range(WINDOW + 40)]
    )
    erin = as_member(cast.erin)
    found = erin.get(f"/messages/{answer.pk}/", follow=True)
    assert f'id="m{answer.pk}"' in found.content.decode()
    assert f'id="m{answer.pk}"' not in erin.get(f"/conversations/{answer.conversation_id}/").content.decode()
    assert erin.get("/messages/999999/").status_code == 404


def test_every_message_of_a_long_thread_can_be_split_off(
    cast: Cast,
    answer: Message,
    as_member: As,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    Message.objects.bulk_create(
        [Message(conversation=answer.conversation, author=cast.bob, body=f"Step {n}") for n in range(AT_ONCE + 40)]
    )
    bob, address = as_member(cast.bob), f"/conversations/{answer.conversation_id}/split/"
    with django_assert_max_num_queries(15):
        newest = bob.get(address).content.decode()
    assert newest.count('name="message"') == AT_ONCE
    assert "The 41 before them" in newest
    first = answer.conversation.messages.order_by("-posted_at", "-pk")[AT_ONCE - 1]
    assert f'href="?before={first.pk}"' in newest
    earlier = bob.get(f"{address}?before={first.pk}").content.decode()
    assert earlier.count('name="message"') == 41
    assert f'value="{answer.pk}"' in earlier
    assert f'name="message" value="{answer.pk}" checked' in bob.get(f"{address}?message={answer.pk}").content.decode()
    refused = bob.post(f"{address}?before={first.pk}", {"message": answer.pk, "title": ""})
    assert (refused.status_code, f'value="{answer.pk}" checked' in refused.content.decode()) == (422, True)


def test_administrator_looks_up_the_asker_with_a_reason_that_is_kept(
    cast: Cast, hidden_question: Conversation, as_member: As
) -> None:
    address = f"/conversations/{hidden_question.pk}/asker/"
    for member in (cast.bob, cast.carol):
        assert as_member(member).get(address).status_code == 403
        assert as_member(member).post(address, {"reason": "I would like to know."}).status_code == 403
    dave = as_member(cast.dave)
    assert "Alice" not in dave.get(address).content.decode()
    assert dave.post(address, {"reason": "why"}).status_code == 422
    assert "Alice Asker" in dave.post(address, {"reason": "Threats in the second message."}).content.decode()
    assert AskerReveal.objects.get().revealed_to == cast.dave
