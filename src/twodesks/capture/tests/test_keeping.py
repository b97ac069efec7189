"""Judging, offering and answering, by the operations and jobs; refusals beside successes."""

from unittest import mock

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import Cast, acting
from twodesks.capture import jobs
from twodesks.capture.models import ChannelLeaning, ConversationWorth, KeepOffer
from twodesks.capture.operations.answer_offer import answer_offer
from twodesks.capture.operations.dismiss_worth import dismiss_worth
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.capture.operations.keep_conversation import keep_conversation
from twodesks.capture.operations.note_links import note_links
from twodesks.capture.operations.offer_keeping import offer_keeping
from twodesks.capture.queries import offer_on, offers_for, where_it_went, worth_list
from twodesks.capture.tests.conftest import Asked
from twodesks.channels.models import Channel
from twodesks.conversations.models import Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.insights.models import Credit, Insight
from twodesks.insights.queries import kept_insights
from twodesks.kit.actor import system
from twodesks.kit.problem import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def waiting(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


def test_what_was_explained_is_offered_to_who_explained_it_once(cast: Cast, explained: Asked) -> None:
    asked = explained()
    worth = judge_conversation(actor=system(), conversation_id=asked.pk)
    assert worth.explainer == cast.bob
    (offer,) = offers_for(acting(cast.bob))
    assert (offer.conversation, offer.title) == (asked, "How to see which query holds the lock on orders")
    assert offer.reasons[:2] == ("Bob explains in three messages, with steps and a command", "Alice said it helped")
    assert offer.includes[0] == ("message-square-quote", "Bob’s four steps")
    shown = offer_on(acting(cast.bob), asked.pk)
    assert shown is not None
    assert set(shown.credited) == {cast.bob, cast.alice}
    assert offers_for(acting(cast.alice)) == []
    judge_conversation(actor=system(), conversation_id=asked.pk)
    assert offer_keeping(actor=system(), conversation_ids=[asked.pk]) == []
    assert KeepOffer.objects.count() == 1


def test_chatter_is_offered_to_nobody(cast: Cast, platform: Channel) -> None:
    chat = start_conversation(
        actor=acting(cast.alice), channel_id=platform.pk, title="Lunch?", kind="discussion", body="Who comes along?"
    )
    post_message(actor=acting(cast.bob), conversation_id=chat.pk, body="me!")
    judge_conversation(actor=system(), conversation_id=chat.pk)
    assert KeepOffer.objects.count() == 0
    assert worth_list(acting(cast.bob), platform.pk) == []


def test_yes_keeps_it_in_its_channel_with_everybody_credited(cast: Cast, explained: Asked) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    (offer,) = offers_for(acting(cast.bob))
    link = answer_offer(actor=acting(cast.bob), offer_id=offer.offer_id or 0, answer="keep")
    assert link is not None
    insight = kept_insights(acting(cast.erin)).get(pk=link.insight_id)
    assert insight.channel_id == asked.channel_id
    assert "pg_terminate_backend(pid)" in insight.body
    assert {(credit.member.first_name, credit.role) for credit in Credit.objects.filter(insight=insight)} == {
        ("Bob", "explained"),
        ("Alice", "asked"),
        ("Alice", "reviewed"),
    }
    assert offers_for(acting(cast.bob)) == []
    assert offer_on(acting(cast.bob), asked.pk) is None
    assert [went.insight.pk for went in where_it_went(acting(cast.erin), asked.pk)] == [insight.pk]
    assert ChannelLeaning.objects.get(channel_id=asked.channel_id).answers == 1


def test_no_is_remembered_and_learnt_and_later_waits(cast: Cast, explained: Asked) -> None:
    first, second = explained(), explained()
    for asked in (first, second):
        judge_conversation(actor=system(), conversation_id=asked.pk)
    offers = {offer.conversation.pk: offer.offer_id or 0 for offer in offers_for(acting(cast.bob))}
    before = ConversationWorth.objects.get(conversation=second).score
    assert answer_offer(actor=acting(cast.bob), offer_id=offers[first.pk], answer="no") is None
    answer_offer(actor=acting(cast.bob), offer_id=offers[second.pk], answer="later")
    assert offers_for(acting(cast.bob)) == []
    assert offer_on(acting(cast.bob), first.pk) is None
    assert ChannelLeaning.objects.get(channel_id=first.channel_id).answers == 1
    assert judge_conversation(actor=system(), conversation_id=second.pk).score < before
    assert Insight.objects.count() == 0


def test_an_offer_is_its_owners_alone_and_an_answer_is_one_of_three(cast: Cast, explained: Asked) -> None:
    judge_conversation(actor=system(), conversation_id=explained().pk)
    offer = KeepOffer.objects.get()
    with pytest.raises(NotFound):
        answer_offer(actor=acting(cast.erin), offer_id=offer.pk, answer="keep")
    with pytest.raises(Invalid):
        answer_offer(actor=acting(cast.bob), offer_id=offer.pk, answer="maybe")
    offer.refresh_from_db()
    assert offer.answer == ""


def test_kept_by_somebody_else_meanwhile_is_not_kept_twice(cast: Cast, explained: Asked) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    keep_conversation(actor=acting(cast.carol), conversation_id=asked.pk)
    with pytest.raises(Conflict):
        answer_offer(actor=acting(cast.bob), offer_id=KeepOffer.objects.get().pk, answer="keep")
    assert Insight.objects.count() == 1


def test_stewards_see_all_with_the_reasons_and_others_nothing(
    cast: Cast, explained: Asked, platform: Channel, django_assert_max_num_queries: object
) -> None:
    for _ in range(3):
        judge_conversation(actor=system(), conversation_id=explained().pk)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        listed = worth_list(acting(cast.bob), platform.pk)
    assert len(listed) == 3
    assert all(offer.reasons for offer in listed)
    assert worth_list(acting(cast.erin), platform.pk) == []
    assert len(worth_list(acting(cast.carol), platform.pk)) == 3


def test_a_steward_puts_it_aside_and_a_member_cannot(cast: Cast, explained: Asked, platform: Channel) -> None:
    asked = explained()
    judge_conversation(actor=system(), conversation_id=asked.pk)
    with pytest.raises(Denied):
        dismiss_worth(actor=acting(cast.erin), conversation_id=asked.pk)
    dismiss_worth(actor=acting(cast.bob), conversation_id=asked.pk)
    assert worth_list(acting(cast.bob), platform.pk) == []
    assert offers_for(acting(cast.bob)) == []


def test_what_is_private_stays_out_of_others_lists(cast: Cast, explained: Asked, leads: Channel) -> None:
    asked = explained(leads)
    judge_conversation(actor=system(), conversation_id=asked.pk)
    assert [offer.conversation.pk for offer in worth_list(acting(cast.bob), leads.pk)] == [asked.pk]
    with pytest.raises(NotFound):
        worth_list(acting(cast.erin), leads.pk)
    assert offer_on(acting(cast.erin), asked.pk) is None


def test_a_hidden_asker_is_in_no_reason_and_in_no_credit(cast: Cast, explained: Asked) -> None:
    asked = explained(anonymous=True)
    worth = judge_conversation(actor=system(), conversation_id=asked.pk)
    assert "Somebody said it helped" in worth.reasons
    assert not any("Alice" in reason for reason in worth.reasons)
    assert worth.preview["credited"] == [cast.bob.pk]


def test_a_conversation_is_judged_when_it_has_come_to_rest(cast: Cast, explained: Asked) -> None:
    asked = explained()
    assert waiting("capture.judge") == 1
    with mock.patch.object(jobs, "defer_job") as again:
        jobs.judge(conversation_id=asked.pk)
    assert not again.called
    assert KeepOffer.objects.count() == 1


def test_one_that_goes_on_waits_and_one_that_is_accepted_does_not(cast: Cast, platform: Channel) -> None:
    asked = start_conversation(actor=acting(cast.alice), channel_id=platform.pk, title="How does it restart?")
    answer = post_message(
        actor=acting(cast.bob), conversation_id=asked.pk, body="You run make restart, once it is idle."
    )
    with mock.patch.object(jobs, "defer_job") as again:
        jobs.judge(conversation_id=asked.pk)
    assert again.call_args.kwargs["after"].total_seconds() > 1_700
    assert ConversationWorth.objects.count() == 0
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    jobs.judge(conversation_id=asked.pk)
    assert ConversationWorth.objects.get().conversation == asked


def test_a_removed_conversation_ends_the_job_quietly(cast: Cast) -> None:
    jobs.judge(conversation_id=987654)
    assert ConversationWorth.objects.count() == 0


def test_what_others_are_shown_counts_with_its_reason(cast: Cast, explained: Asked, leads: Channel) -> None:
    asked, other = explained(), explained(title="Which session blocks the deploy?", body="It waits.")
    before = judge_conversation(actor=system(), conversation_id=asked.pk).score
    answer = Message.objects.filter(conversation=asked, author=cast.bob).earliest("pk")
    links = (f"See /conversations/{asked.pk}/ and /conversations/{asked.pk}/.", f"[Here](/messages/{answer.pk}/).")
    for words in links:
        told = post_message(actor=acting(cast.carol), conversation_id=other.pk, body=words)
        assert note_links(actor=system(), message_id=told.pk) == [asked.pk]
        assert note_links(actor=system(), message_id=told.pk) == []
    itself = post_message(actor=acting(cast.carol), conversation_id=asked.pk, body=f"/conversations/{asked.pk}/")
    assert note_links(actor=system(), message_id=itself.pk) == []
    worth = judge_conversation(actor=system(), conversation_id=asked.pk)
    assert "Shown to others twice" in worth.reasons
    assert worth.score > before
    private = explained(leads)
    guessed = post_message(actor=acting(cast.erin), conversation_id=other.pk, body=f"/conversations/{private.pk}/")
    assert note_links(actor=system(), message_id=guessed.pk) == []
    with pytest.raises(Denied):
        note_links(actor=acting(cast.bob), message_id=itself.pk)
