"""What is there already, and where to ask."""

import pytest

from tests.cast import acting
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.routing.queries import offer, suggest_answers, suggest_channel
from twodesks.routing.tests.conftest import BRAKES, LOCKS, Desk

pytestmark = pytest.mark.django_db


def test_a_conversation_opens_at_its_accepted_answer(desk: Desk) -> None:
    question = desk.ask(LOCKS)
    desk.answer(question, desk.cast.erin, "A lock in Postgres may block a deploy, I have seen that as well.")
    accepted = desk.answer(question, desk.cast.bob, "Set lock_timeout to five seconds, then run the migration again.")
    accept_answer(actor=acting(desk.cast.alice), message_id=accepted.pk)
    desk.catch_up(question)
    [hit] = suggest_answers(acting(desk.cast.dave), "Postgres lock blocks a deploy")
    assert hit.moments[0].place == "Accepted answer"
    assert hit.moments[0].url == f"/messages/{accepted.pk}/"
    assert "lock_timeout" in hit.passage


def test_no_answer_from_where_one_may_not_look(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob, channel=desk.private, accepted=True)
    assert suggest_answers(acting(desk.cast.erin), LOCKS) == []
    assert suggest_channel(acting(desk.cast.erin), LOCKS) == []
    assert len(suggest_answers(acting(desk.cast.carol), LOCKS)) == 1


def test_the_channel_where_such_questions_live_is_suggested(desk: Desk) -> None:
    desk.answered(LOCKS, desk.cast.bob)
    desk.answered(BRAKES, desk.cast.bob, channel=desk.private)
    assert suggest_channel(acting(desk.cast.alice), "a lock in Postgres")[0] == desk.open
    assert suggest_channel(acting(desk.cast.alice), "bicycle brake squeals")[0] == desk.private


def test_all_of_it_comes_from_one_search(desk: Desk, django_assert_max_num_queries: object) -> None:
    desk.answered(LOCKS, desk.cast.bob, accepted=True)
    actor = acting(desk.cast.dave)
    offer(actor, LOCKS, desk.open.pk)
    actor.forget()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        found = offer(actor, LOCKS, desk.open.pk)
    assert len(found.answers) == 1
    assert [one.member for one in found.people] == [desk.cast.bob]
    assert found.channels == [desk.open]
