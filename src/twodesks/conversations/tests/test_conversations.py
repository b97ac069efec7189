"""Asking and answering, by the operations that every door calls; successes and refusals side by side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.models import Channel
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.conversations.models import AskerReveal, Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.operations.backdate_conversation import backdate_conversation
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.move_conversation import move_conversation
from twodesks.conversations.operations.pass_on import pass_on
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.react import react
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.reopen_conversation import reopen_conversation
from twodesks.conversations.operations.reveal_asker import reveal_asker
from twodesks.conversations.operations.say_me_too import say_me_too
from twodesks.conversations.operations.split_conversation import split_conversation
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.conversations.queries import get_conversation
from twodesks.conversations.queries.finding import merged_into
from twodesks.conversations.queries.hearing import asker_of, followers_of, mentioned_in
from twodesks.conversations.queries.lists import listed_conversations, shown, waiting_for
from twodesks.conversations.queries.thread import WINDOW, read_thread
from twodesks.kit.actor import Door, system
from twodesks.kit.problem import Conflict, Denied, Invalid, NotFound

pytestmark = pytest.mark.django_db


def asked(cast: Cast, channel: Channel, **more: object) -> Conversation:
    given = {"title": "Why does the deploy hang?", "body": "Nothing in the logs."} | more
    return start_conversation(actor=acting(cast.alice), channel_id=channel.pk, **given)  # type: ignore[arg-type]


def answered(cast: Cast, conversation: Conversation, body: str = "It waits for a lock.") -> Message:
    return post_message(actor=acting(cast.bob), conversation_id=conversation.pk, body=body)


def test_question_is_asked_answered_accepted_and_thanked_for(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    answer = answered(cast, question)
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="It saved my evening.")
    thread = read_thread(acting(cast.erin), question.pk)
    assert thread.opening is not None
    assert thread.opening.message.body == "Nothing in the logs."
    assert thread.accepted is not None
    assert thread.accepted.author == cast.bob
    assert thread.accepted.message.thanks_count == 1
    assert (thread.conversation.message_count, thread.conversation.answer_count) == (2, 1)
    verbs = list(Statement.objects.filter(object_type="conversation").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["asked", "answered", "accepted", "thanked"]


def test_only_asker_and_stewards_accept(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    answer = answered(cast, question)
    with pytest.raises(Denied):
        accept_answer(actor=acting(cast.erin), message_id=answer.pk)
    assert Conversation.objects.get(pk=question.pk).accepted_message is None
    accept_answer(actor=acting(cast.bob), message_id=answer.pk)  # he looks after the channel
    reopen_conversation(actor=acting(cast.alice), conversation_id=question.pk)
    assert Conversation.objects.get(pk=question.pk).accepted_message is None


def test_question_itself_and_removed_answers_are_not_accepted(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    answer = answered(cast, question)
    opening = question.messages.exclude(pk=answer.pk).get()
    with pytest.raises(Invalid):
        accept_answer(actor=acting(cast.alice), message_id=opening.pk)
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    remove_message(actor=acting(cast.bob), message_id=answer.pk)
    assert Conversation.objects.get(pk=question.pk).accepted_message is None
    with pytest.raises(Invalid):
        accept_answer(actor=acting(cast.alice), message_id=answer.pk)


def test_private_conversation_is_nothing_to_others(cast: Cast, leads: Channel) -> None:
    question = asked(cast, leads)
    answer = answered(cast, question)
    erin = acting(cast.erin)
    for refused in (
        lambda: read_thread(erin, question.pk),
        lambda: post_message(actor=erin, conversation_id=question.pk, body="Hello"),
        lambda: edit_message(actor=erin, message_id=answer.pk, body="Mine"),
        lambda: thank_for_message(actor=erin, message_id=answer.pk),
        lambda: say_me_too(actor=erin, conversation_id=question.pk),
        lambda: start_conversation(actor=erin, channel_id=leads.pk, title="May I?"),
    ):
        with pytest.raises(NotFound):
            refused()
    assert question.messages.count() == 2


def test_a_retry_doubles_nothing(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, client_key="one")
    assert asked(cast, platform, client_key="one") == question
    first = post_message(actor=acting(cast.bob), conversation_id=question.pk, body="A lock.", client_key="two")
    again = post_message(actor=acting(cast.bob), conversation_id=question.pk, body="A lock.", client_key="two")
    assert first == again
    assert question.messages.count() == 2


def test_edit_keeps_older_wordings_and_is_for_the_author(cast: Cast, platform: Channel) -> None:
    answer = answered(cast, asked(cast, platform))
    with pytest.raises(Denied):
        edit_message(actor=acting(cast.dave), message_id=answer.pk, body="Changed by another")
    edited = edit_message(actor=acting(cast.bob), message_id=answer.pk, body="It waits for a table lock.")
    assert edited.body == "It waits for a table lock."
    assert [revision.body for revision in edited.revisions.all()] == ["It waits for a lock."]
    with pytest.raises(Invalid):
        edit_message(actor=acting(cast.bob), message_id=answer.pk, body="  ")


def test_mentions_reach_those_who_may_see_it_alone(cast: Cast, leads: Channel) -> None:
    question = asked(cast, leads)
    said = answered(cast, question, "@Alice, and @Erin Elsewhere should know; `@alice` is code.")
    assert mentioned_in(said.pk) == {cast.alice.pk}
    assert f"[@Alice](/people/{cast.alice.pk}/), and @Erin Elsewhere should know; `@alice` is code." == said.body
    forged = answered(cast, question, f"[@Erin](/people/{cast.erin.pk}/)")
    assert mentioned_in(forged.pk) == set()


def test_anonymous_asker_is_in_no_row_that_peers_read(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, anonymous=True)
    alice = acting(cast.alice)
    answer = answered(cast, question)
    more = post_message(actor=alice, conversation_id=question.pk, body="On staging too.")
    edit_message(actor=alice, message_id=more.pk, body="On staging as well.")
    accept_answer(actor=alice, message_id=answer.pk)
    thank_for_message(actor=alice, message_id=answer.pk, words="Thank you.")
    thread = read_thread(acting(cast.bob), question.pk)
    assert thread.opening is not None
    assert thread.opening.author is None
    assert [row.author for row in thread.replies] == [None]
    assert thread.conversation.started_by is None
    assert thread.conversation.accepted_by is None
    assert answer.thanks.get().giver is None
    assert read_thread(alice, question.pk).is_asker
    assert [list(shown(one, listed_conversations(one), "mine")) for one in (alice, acting(cast.bob))] == [
        [question],
        [],
    ]
    assert not Statement.objects.filter(object_type="conversation", actor=cast.alice).exists()
    assert asker_of(question) == cast.alice.pk
    assert cast.alice.pk in followers_of(question.pk)
    with pytest.raises(Invalid):
        react(actor=alice, message_id=answer.pk, emoji="👍")


def test_asker_is_revealed_to_administrators_with_a_reason_that_is_kept(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, anonymous=True)
    for refused in (cast.bob, cast.carol):
        with pytest.raises(Denied):
            reveal_asker(actor=acting(refused), conversation_id=question.pk, reason="I would like to know.")
    with pytest.raises(Invalid):
        reveal_asker(actor=acting(cast.dave), conversation_id=question.pk, reason=" ")
    assert not AskerReveal.objects.exists()
    reason = "It insults a colleague by name."
    assert reveal_asker(actor=acting(cast.dave), conversation_id=question.pk, reason=reason) == cast.alice
    assert AskerReveal.objects.get().reason == reason


def test_me_too_counts_once_and_not_for_the_asker(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    for _ in range(2):
        say_me_too(actor=acting(cast.erin), conversation_id=question.pk)
    with pytest.raises(Invalid):
        say_me_too(actor=acting(cast.alice), conversation_id=question.pk)
    assert get_conversation(acting(cast.bob), question.pk).me_too_count == 1
    say_me_too(actor=acting(cast.erin), conversation_id=question.pk, same=False)
    assert get_conversation(acting(cast.bob), question.pk).me_too_count == 0


def test_asked_member_answers_or_passes_on(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform, asked_member_id=cast.bob.pk)
    assert [one.conversation for one in waiting_for(acting(cast.bob))] == [question]
    pass_on(actor=acting(cast.bob), conversation_id=question.pk, to_member_id=cast.carol.pk)
    assert waiting_for(acting(cast.bob)) == []
    assert [one.conversation for one in waiting_for(acting(cast.carol))] == [question]
    post_message(actor=acting(cast.carol), conversation_id=question.pk, body="A lock.")
    assert waiting_for(acting(cast.carol)) == []
    with pytest.raises(Invalid):
        pass_on(actor=acting(cast.erin), conversation_id=question.pk)


def test_nobody_is_asked_where_they_cannot_read(cast: Cast, leads: Channel) -> None:
    with pytest.raises(Invalid):
        asked(cast, leads, asked_member_id=cast.erin.pk)
    assert not Conversation.objects.exists()
    question = asked(cast, leads)
    with pytest.raises(Invalid):
        ask_member(actor=acting(cast.alice), conversation_id=question.pk, member_id=cast.erin.pk)


def test_side_topic_gets_a_conversation_of_its_own(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    stays, goes = answered(cast, question), answered(cast, question, "By the way, who has the badge?")
    with pytest.raises(Denied):
        split_conversation(
            actor=acting(cast.erin), conversation_id=question.pk, message_ids=[goes.pk], title="The badge"
        )
    new = split_conversation(
        actor=acting(cast.alice), conversation_id=question.pk, message_ids=[goes.pk], title="Who has the badge?"
    )
    assert list(new.messages.all()) == [goes]
    assert new.started_by == cast.bob
    assert [one.conversation_id for one in read_thread(acting(cast.erin), question.pk).split_off] == [new.pk]
    assert [row.message for row in read_thread(acting(cast.erin), question.pk).replies] == [stays]


def test_duplicate_leads_to_the_one_it_was_merged_into(cast: Cast, platform: Channel) -> None:
    first, second = asked(cast, platform), asked(cast, platform, title="Deploy stuck at migrate")
    answer = answered(cast, second)
    with pytest.raises(Denied):
        merge_conversations(actor=acting(cast.erin), conversation_id=second.pk, into_id=first.pk)
    with pytest.raises(Invalid):
        merge_conversations(actor=acting(cast.bob), conversation_id=first.pk, into_id=first.pk)
    merge_conversations(actor=acting(cast.bob), conversation_id=second.pk, into_id=first.pk)
    with pytest.raises(NotFound):
        get_conversation(acting(cast.alice), second.pk)
    assert merged_into(acting(cast.alice), second.pk) == first.pk
    assert answer in [row.message for row in read_thread(acting(cast.alice), first.pk).replies]


def test_two_hidden_askers_are_not_merged(cast: Cast, platform: Channel) -> None:
    first = asked(cast, platform, anonymous=True)
    second = start_conversation(actor=acting(cast.erin), channel_id=platform.pk, title="Same?", anonymous=True)
    with pytest.raises(Conflict):
        merge_conversations(actor=acting(cast.bob), conversation_id=second.pk, into_id=first.pk)


def test_words_leave_a_private_channel_by_its_stewards_alone(cast: Cast, platform: Channel, leads: Channel) -> None:
    question = asked(cast, leads)
    for actor, confirmed in ((cast.alice, True), (cast.bob, False)):
        with pytest.raises(Denied):
            move_conversation(
                actor=acting(actor), conversation_id=question.pk, channel_id=platform.pk, confirmed=confirmed
            )
    with pytest.raises(NotFound):
        get_conversation(acting(cast.erin), question.pk)
    move_conversation(actor=acting(cast.bob), conversation_id=question.pk, channel_id=platform.pk, confirmed=True)
    assert get_conversation(acting(cast.erin), question.pk).channel == platform


def test_nothing_is_posted_into_an_archived_channel(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    archive_channel(actor=acting(cast.bob), channel_id=platform.pk)
    with pytest.raises(Denied):
        answered(cast, question)


def test_nothing_is_said_by_an_empty_message(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    with pytest.raises(Invalid):
        answered(cast, question, " \n ")
    with pytest.raises(Invalid):
        asked(cast, platform, title="  ")
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


def test_long_thread_is_read_in_few_queries(
    cast: Cast, platform: Channel, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    question = asked(cast, platform)
    Message.objects.bulk_create(
        [Message(conversation=question, author=cast.bob, body=f"Step {n}") for n in range(WINDOW + 40)]
    )
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        thread = read_thread(acting(cast.erin), question.pk)
    assert len(thread.replies) == WINDOW
    assert thread.earlier == 40
    earlier = read_thread(acting(cast.erin), question.pk, before=thread.replies[0].message.pk)
    assert [row.message.body for row in earlier.replies] == [f"Step {n}" for n in range(40)]


def test_only_the_server_makes_a_conversation_older_and_only_whole(cast: Cast, platform: Channel) -> None:
    question = asked(cast, platform)
    answer = answered(cast, question)
    opening = question.messages.exclude(pk=answer.pk).get()
    then = timezone.now() - timedelta(days=9)
    moments = {opening.pk: then, answer.pk: then + timedelta(minutes=38)}
    with pytest.raises(Denied):
        backdate_conversation(actor=acting(cast.dave), conversation_id=question.pk, posted_at=moments)
    with pytest.raises(Invalid):
        backdate_conversation(actor=system(Door.TEST), conversation_id=question.pk, posted_at={opening.pk: then})
    backdate_conversation(actor=system(Door.TEST), conversation_id=question.pk, posted_at=moments)
    question.refresh_from_db()
    assert (question.started_at, question.last_message_at) == (then, moments[answer.pk])
