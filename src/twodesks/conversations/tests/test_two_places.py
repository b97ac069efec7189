"""Conversations that are split, merged and moved: each half has its own readers, and nobody's name comes out."""

import pytest

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.move_conversation import move_conversation
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.reveal_asker import reveal_asker
from twodesks.conversations.operations.split_conversation import split_conversation
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.queries.lists import waiting_for
from twodesks.conversations.queries.thread import read_thread
from twodesks.kit.problem import Conflict, Denied

pytestmark = pytest.mark.django_db


def asked(cast: Cast, channel: Channel, title: str = "Why does the deploy hang?", **more: object) -> Conversation:
    return start_conversation(actor=acting(cast.alice), channel_id=channel.pk, title=title, **more)  # type: ignore[arg-type]


def said(cast: Cast, conversation: Conversation, body: str, reply_to: Message | None = None) -> Message:
    return post_message(
        actor=acting(cast.bob),
        conversation_id=conversation.pk,
        body=body,
        reply_to_id=reply_to.pk if reply_to else None,
    )


def test_whom_it_was_put_to_does_not_tell_who_asks(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, anonymous=True)
    ask_member(actor=acting(cast.bob), conversation_id=question.pk, member_id=cast.alice.pk)
    post_message(actor=acting(cast.alice), conversation_id=question.pk, body="Nothing in the logs either.")
    assert [one.conversation_id for one in waiting_for(acting(cast.alice))] == [question.pk]
    named = asked(cast, platform, "And this?")
    ask_member(actor=acting(cast.alice), conversation_id=named.pk, member_id=cast.bob.pk)
    said(cast, named, "It waits for a lock.")
    assert waiting_for(acting(cast.bob)) == []


def test_who_looks_after_a_channel_removes_under_their_name(cast: Cast, platform: Channel) -> None:
    """Also in the question that they asked without it: nobody but a steward could have done that."""
    question = start_conversation(
        actor=acting(cast.bob), channel_id=platform.pk, title="Why does it hang?", anonymous=True
    )
    insult = post_message(actor=acting(cast.erin), conversation_id=question.pk, body="Read the manual.")
    own = post_message(actor=acting(cast.bob), conversation_id=question.pk, body="It is not in there.")
    assert remove_message(actor=acting(cast.bob), message_id=insult.pk).removed_by == cast.bob
    assert remove_message(actor=acting(cast.bob), message_id=own.pk).removed_by is None


def test_what_others_removed_comes_back_by_those_who_look_after_it(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    insult = post_message(actor=acting(cast.erin), conversation_id=question.pk, body="Read the manual.")
    remove_message(actor=acting(cast.bob), message_id=insult.pk)
    with pytest.raises(Denied):
        remove_message(actor=acting(cast.erin), message_id=insult.pk, removed=False)
    shown = read_thread(acting(cast.erin), question.pk).replies
    assert [row.may_remove for row in shown] == [False]
    assert remove_message(actor=acting(cast.bob), message_id=insult.pk, removed=False).removed_at is None
    remove_message(actor=acting(cast.erin), message_id=insult.pk)
    assert remove_message(actor=acting(cast.erin), message_id=insult.pk, removed=False).removed_at is None


def test_half_that_went_private_is_not_told_by_the_other(cast: Cast, platform: Channel, leads: Channel) -> None:
    question = asked(cast, platform)
    goes = said(cast, question, "The customer's password is in the log.")
    stays = said(cast, question, "Look there.", reply_to=goes)
    secret = split_conversation(
        actor=acting(cast.bob), conversation_id=question.pk, message_ids=[goes.pk], title="Password of the customer"
    )
    assert [one.title for one in read_thread(acting(cast.erin), question.pk).split_off] == [secret.title]
    move_conversation(actor=acting(cast.bob), conversation_id=secret.pk, channel_id=leads.pk)
    assert read_thread(acting(cast.erin), question.pk).split_off == []
    assert [one.title for one in read_thread(acting(cast.bob), question.pk).split_off] == [secret.title]
    stays.refresh_from_db()
    assert stays.reply_to is None


def test_merging_carries_the_answer_and_whom_it_waits_for(cast: Cast, platform: Channel, leads: Channel) -> None:
    first, second = asked(cast, platform), asked(cast, leads, "Deploy stuck at migrate")
    ask_member(actor=acting(cast.alice), conversation_id=first.pk, member_id=cast.erin.pk)
    ask_member(actor=acting(cast.alice), conversation_id=first.pk, member_id=cast.bob.pk)
    answer = post_message(actor=acting(cast.carol), conversation_id=first.pk, body="It waits for a lock.")
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    merged = merge_conversations(actor=acting(cast.bob), conversation_id=first.pk, into_id=second.pk)
    assert merged.accepted_message == answer
    # Erin does not see where it went; Bob does.
    assert set(merged.asked.values_list("member_id", flat=True)) == {cast.bob.pk}


def test_merge_of_what_was_merged_meanwhile_is_refused(
    cast: Cast, platform: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two at once: the second has read both before the first was done."""
    first, second = asked(cast, platform), asked(cast, platform, "Deploy stuck at migrate")
    stale = {one.pk: Conversation.objects.select_related("channel").get(pk=one.pk) for one in (first, second)}
    merge_conversations(actor=acting(cast.bob), conversation_id=first.pk, into_id=second.pk)
    monkeypatch.setattr(
        "twodesks.conversations.operations.merge_conversations.get_conversation", lambda actor, pk: stale[pk]
    )
    with pytest.raises(Conflict):
        merge_conversations(actor=acting(cast.bob), conversation_id=second.pk, into_id=first.pk)
    second.refresh_from_db()
    assert second.merged_into is None


def test_named_words_that_came_to_ones_own_hidden_question_are_removed_by_name(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, anonymous=True)
    named = asked(cast, platform, "The same, with my name")
    words = post_message(actor=acting(cast.alice), conversation_id=named.pk, body="Nothing in the logs.")
    merge_conversations(actor=acting(cast.bob), conversation_id=named.pk, into_id=question.pk)
    assert remove_message(actor=acting(cast.alice), message_id=words.pk).removed_by == cast.alice


def test_who_asked_without_a_name_reads_who_looked_it_up(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, anonymous=True)
    reveal_asker(actor=acting(cast.dave), conversation_id=question.pk, reason="Threats in the body.")
    told = read_thread(acting(cast.alice), question.pk).reveals
    assert [(one.revealed_to, one.reason) for one in told] == [(cast.dave, "Threats in the body.")]
    for peer in (cast.bob, cast.erin, cast.dave):
        assert not read_thread(acting(peer), question.pk).reveals


def test_thanks_without_words_leave_those_that_were_given(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    answer = said(cast, question, "It waits for a lock.")
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="It saved my evening.")
    assert thank_for_message(actor=acting(cast.alice), message_id=answer.pk).words == "It saved my evening."
    again = thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="And the next one.")
    assert again.words == "And the next one."
