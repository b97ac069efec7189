"""Who knows: named with the reason, nobody who should not be, nothing from where the reader may not look."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import acting
from twodesks.activity.models import Statement
from twodesks.activity.operations.dispatch_statement import dispatch_statement
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.models import Conversation
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.move_conversation import move_conversation
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.actor import guest
from twodesks.kit.problem import NotFound, SignInNeeded
from twodesks.people.operations.deactivate_member import deactivate_member
from twodesks.people.operations.set_availability import set_availability
from twodesks.routing.models import Activity, Answering
from twodesks.routing.operations.weigh_answers import weigh_answers
from twodesks.routing.operations.weigh_everything import weigh_everything
from twodesks.routing.queries import who_knows
from twodesks.routing.tests.conftest import BRAKES, LOCKS, Desk
from twodesks.search.models import Passage
from twodesks.search.operations.catch_up_conversations import catch_up_conversations

pytestmark = pytest.mark.django_db

QUESTION = "a Postgres lock blocks my deploy"


def test_who_answered_such_questions_is_named_with_how_many(desk: Desk) -> None:
    for number in range(3):
        desk.answered(f"{LOCKS} ({number})", desk.cast.bob, accepted=number < 2)
    desk.answered(BRAKES, desk.cast.erin)
    first = desk.who(QUESTION)[0]
    assert first.member == desk.cast.bob
    assert (first.answered, first.accepted) == (3, 2)
    assert first.reason.startswith("answered 3 about ")
    assert first.reason.endswith(", 2 accepted")
    assert "lock" in first.about.lower() or "deploy" in first.about.lower() or "postgres" in first.about.lower()
    assert first.examples[0].url.startswith("/conversations/")


def test_each_question_has_its_own_expert(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    desk.answered(BRAKES, desk.cast.erin)
    assert desk.names("lock in Postgres")[0] == "Bob"
    assert desk.names("my bicycle brake makes a noise")[0] == "Erin"


def test_who_asks_is_not_named(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    assert desk.names(QUESTION, by=desk.cast.bob) == []


def test_asking_is_no_answering(desk: Desk) -> None:
    question = desk.ask(LOCKS)
    desk.answer(question, desk.cast.alice, "I tried lock_timeout, and it did not help.")
    desk.catch_up(question)
    assert desk.names(QUESTION) == []


def test_a_hidden_asker_is_nobody(desk: Desk) -> None:
    question = desk.ask(LOCKS, anonymous=True)
    desk.answer(question, desk.cast.alice, "I tried lock_timeout, and it did not help.")
    desk.catch_up(question)
    assert not Answering.objects.filter(member=desk.cast.alice).exists()
    assert desk.names(QUESTION) == []


def test_nothing_from_a_private_channel_shows_or_counts(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.carol, channel=desk.private, accepted=True)
    desk.answered(LOCKS, desk.cast.bob)
    assert set(desk.names(QUESTION, by=desk.cast.alice)) == {"Bob", "Carol"}
    before = [(one.member.pk, one.reason, one.chance, one.examples) for one in desk.who(QUESTION, by=desk.cast.erin)]
    assert [desk.cast.bob.pk] == [member_id for member_id, *_ in before]
    desk.answered(LOCKS, desk.cast.bob, channel=desk.private, accepted=True)
    after = [(one.member.pk, one.reason, one.chance, one.examples) for one in desk.who(QUESTION, by=desk.cast.erin)]
    assert after == before


def test_who_left_a_private_channel_sees_nothing_of_it(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.carol, channel=desk.private)
    assert desk.names(QUESTION, by=desk.cast.alice) == ["Carol"]
    remove_channel_member(actor=acting(desk.cast.bob), channel_id=desk.private.pk, member_id=desk.cast.alice.pk)
    assert desk.names(QUESTION, by=desk.cast.alice) == []


def test_who_cannot_read_the_channel_is_not_named_for_it(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.erin)
    desk.answered(LOCKS, desk.cast.bob)
    assert set(desk.names(QUESTION, by=desk.cast.alice)) == {"Bob", "Erin"}
    assert desk.names(QUESTION, by=desk.cast.alice, channel=desk.private) == ["Bob"]


def test_a_channel_that_one_may_not_know_of_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.who(QUESTION, by=desk.cast.erin, channel=desk.private)


def test_guests_are_asked_to_sign_in(desk: Desk) -> None:
    with pytest.raises(SignInNeeded):
        who_knows(guest(), QUESTION)


def test_who_has_gone_is_not_named(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.erin)
    deactivate_member(actor=acting(desk.cast.dave), member_id=desk.cast.erin.pk)
    assert desk.names(QUESTION) == []


def test_who_would_rather_not_be_asked_comes_last_and_says_until_when(desk: Desk) -> None:
    for _ in range(3):
        desk.answered(LOCKS, desk.cast.bob, accepted=True)
    desk.answered(LOCKS, desk.cast.erin)
    assert desk.names(QUESTION) == ["Bob", "Erin"]
    set_availability(actor=acting(desk.cast.bob), not_asked_until=timezone.now() + timedelta(hours=30))
    told = desk.who(QUESTION)
    assert [one.member.first_name for one in told] == ["Erin", "Bob"]
    assert told[1].availability.is_unwilling
    assert told[1].availability.says.startswith("would rather not be asked until ")


def test_who_answers_in_the_channel_is_named_when_nobody_answered_the_like(desk: Desk) -> None:
    desk.answered(BRAKES, desk.cast.erin)
    told = desk.who("Zanzibar quokka", channel=desk.open)
    assert [(one.member, one.reason) for one in told] == [(desk.cast.erin, "answered 1 in #Platform")]


def test_an_answer_is_weighed_and_indexed_by_the_job_after_it(desk: Desk) -> None:
    question = desk.ask(LOCKS)
    message = desk.answer(question, desk.cast.bob)
    assert not Answering.objects.exists()
    dispatch_statement(statement_id=Statement.objects.get(verb="answered").pk)
    assert Answering.objects.get().member == desk.cast.bob
    assert Passage.objects.filter(part_id=message.pk, kind="conversation").exists()


def test_what_was_imported_in_bulk_is_caught_up_with(desk: Desk) -> None:
    question = desk.answered(LOCKS, desk.cast.bob)
    gone = desk.answered(BRAKES, desk.cast.bob)
    Passage.objects.filter(source_id=question.pk).delete()
    Conversation.objects.filter(pk=gone.pk).update(merged_into=question)
    assert catch_up_conversations() == 2
    assert set(Passage.objects.values_list("source_id", flat=True)) == {question.pk}
    assert catch_up_conversations() == 0


def test_a_moved_conversation_counts_where_it_is(desk: Desk) -> None:
    conversation = desk.answered(LOCKS, desk.cast.carol, channel=desk.private)
    move_conversation(
        actor=acting(desk.cast.bob), conversation_id=conversation.pk, channel_id=desk.open.pk, confirmed=True
    )
    desk.catch_up(conversation)
    assert desk.names(QUESTION, by=desk.cast.erin) == ["Carol"]
    assert list(Activity.objects.values_list("channel_id", flat=True)) == [desk.open.pk]


def test_removed_words_count_no_more(desk: Desk) -> None:
    question = desk.ask(LOCKS)
    message = desk.answer(question, desk.cast.erin)
    desk.catch_up(question)
    assert desk.names(QUESTION) == ["Erin"]
    remove_message(actor=acting(desk.cast.erin), message_id=message.pk)
    desk.catch_up(question)
    assert desk.names(QUESTION) == []
    assert not Activity.objects.exists()


def test_merged_conversations_count_once(desk: Desk) -> None:
    first, second = desk.answered(LOCKS, desk.cast.bob), desk.answered(LOCKS, desk.cast.bob)
    merge_conversations(actor=acting(desk.cast.carol), conversation_id=first.pk, into_id=second.pk)
    desk.catch_up(first, second)
    assert [(one.member, one.answered) for one in desk.who(QUESTION)] == [(desk.cast.bob, 1)]


def test_who_explained_an_insight_is_named(desk: Desk) -> None:
    bob = acting(desk.cast.bob)
    title, body = "How to get past a lock in Postgres", "Set lock_timeout to five seconds and try again."
    draft = start_insight(actor=bob, title=title, body=body)
    insight = publish_insight(
        actor=bob, insight_id=draft.insight_id, title=title, body=body, topics=(), channel_id=desk.open.pk
    )
    weigh_answers(insight_ids=[insight.pk])
    desk.catch_up()
    [bob_knows] = desk.who(QUESTION)
    assert (bob_knows.member, bob_knows.explained) == (desk.cast.bob, 1)
    assert bob_knows.reason.startswith("explained 1 about ")


def test_weighing_twice_is_weighing_once(desk: Desk) -> None:
    conversation = desk.answered(LOCKS, desk.cast.bob, accepted=True)
    thank_for_message(actor=acting(desk.cast.erin), message_id=conversation.messages.last().pk)  # type: ignore[union-attr]
    for _ in range(2):
        weigh_answers(conversation_ids=[conversation.pk])
    [row] = Answering.objects.all()
    assert (row.member, row.is_accepted, row.thanks, row.counts) == (desk.cast.bob, True, 1, 1.0)
    assert Activity.objects.get().answers == 1


def test_everything_can_be_weighed_anew(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    desk.answered(BRAKES, desk.cast.erin)
    kept = list(Answering.objects.order_by("member").values_list("member", "channel", "counts"))
    Answering.objects.all().delete()
    Activity.objects.all().delete()
    Answering.objects.create(
        kind="conversation", source_id=987_654, member=desk.cast.dave, channel=desk.open, counts=1,
        answered_at=timezone.now(),
    )  # fmt: skip
    assert weigh_everything() == 2
    assert list(Answering.objects.order_by("member").values_list("member", "channel", "counts")) == kept
    assert Activity.objects.count() == 2


@pytest.mark.parametrize("text", ["", "  ", "?", "\0", "ok"])
def test_too_little_to_go_by_names_nobody(desk: Desk, text: str) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    assert desk.names(text) == []


def test_a_very_long_question_is_read_as_far_as_it_goes(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    assert desk.names(f"{LOCKS} " + "and then " * 20_000) == ["Bob"]
