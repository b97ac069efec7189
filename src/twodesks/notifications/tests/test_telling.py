"""Who hears of what: those it concerns, never who did it, never who may not see it, and nothing of who asked hidden."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.follow_conversation import follow_conversation
from twodesks.conversations.operations.mark_conversation_seen import mark_conversation_seen
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.pass_on import pass_on
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.take_update import take_update
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.problem import Invalid
from twodesks.notifications.models import Notification
from twodesks.notifications.operations.choose_notifications import choose_notifications
from twodesks.notifications.operations.mark_notifications_seen import mark_notifications_seen
from twodesks.notifications.operations.open_to_channel import open_to_channel
from twodesks.notifications.pages import notice_groups
from twodesks.notifications.queries.reading import news_for
from twodesks.notifications.tests.rooms import News, ask, room, say, told
from twodesks.people.models import Member
from twodesks.people.operations.deactivate_member import deactivate_member

pytestmark = pytest.mark.django_db


def lines(member: object) -> str:
    groups = notice_groups(acting(member))  # type: ignore[arg-type]
    return "\n".join(f"{group.title}: {one.words} / {one.about}" for group in groups for one in group.notices)


def test_a_question_and_its_answer_reach_those_they_concern(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol, cast.alice)
    question = ask(cast.alice, channel)
    news.travels()
    assert told(cast.carol) == [("question", "asked")]
    assert told(cast.alice) == []
    assert told(cast.erin) == []
    answer = say(cast.bob, question)
    news.travels()
    assert told(cast.alice) == [("answered", "answered")]
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="It saved my day.")
    news.travels()
    assert [kind for kind, _ in told(cast.bob)][-2:] == ["accepted", "thanked"]
    assert "“It saved my day.” / Alice Asker, for “Does the mat" in lines(cast.bob)


def test_what_was_loaded_from_before_is_as_old_as_it_is_and_no_news(cast: Cast, news: News) -> None:
    channel, now = room(cast.bob, cast.carol, cast.alice), timezone.now()

    def answered(member: Member, *, days: int) -> Notification:
        at = now - timedelta(days=days)
        question = ask(cast.alice, channel)
        post_message(actor=replace(acting(member), at=at), conversation_id=question.pk, body="Flat.")
        news.travels()
        made = Notification.objects.get(member=cast.alice, conversation=question)
        assert made.made_at == at
        return made

    assert answered(cast.bob, days=1).seen_at is None
    assert answered(cast.bob, days=3).seen_at is not None
    question = ask(cast.alice, channel)
    say(cast.bob, question)
    news.travels()
    live = Notification.objects.get(member=cast.alice, conversation=question)
    assert live.made_at >= now
    assert live.statement.happened_at is None
    assert live.seen_at is None


def test_statements_tell_once_though_their_job_runs_again(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    ask(cast.alice, channel)
    news.travels()
    news.after = 0
    news.travels()
    assert told(cast.carol) == [("question", "asked")]


def test_mentions_reach_those_who_may_see_and_nobody_else(cast: Cast, news: News) -> None:
    private = room(cast.bob, name="leads", private=True)
    add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    question = ask(cast.bob, private, body="What do @Alice Asker and @Erin Elsewhere say?")
    news.travels()
    assert told(cast.alice) == [("mentioned", "asked")]
    assert told(cast.erin) == []
    say(cast.alice, question)
    news.travels()
    assert told(cast.bob) == [("answered", "answered")]


def test_an_edit_tells_those_whom_it_names_only_now(cast: Cast, news: News) -> None:
    private = room(cast.bob, name="leads", private=True)
    for member in (cast.alice, cast.carol):
        add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=member.pk)
    message = say(cast.bob, ask(cast.bob, private), "@Alice Asker may know.")
    news.travels()
    body = "@Alice Asker, @Carol Curator or @Erin Elsewhere may know, says @Bob Explainer."
    edit_message(actor=acting(cast.bob), message_id=message.pk, body=body)
    news.travels()
    heard = [("question", "asked")]
    assert told(cast.alice) == [*heard, ("mentioned", "commented")]
    assert told(cast.carol) == [*heard, ("mentioned", "edited")]
    assert (told(cast.erin), told(cast.bob)) == ([], [])
    assert "Bob Explainer mentions you in “Does the mat" in lines(cast.carol)
    edit_message(actor=acting(cast.bob), message_id=message.pk, body=f"{body} Or nobody.")
    news.travels()
    assert (len(told(cast.alice)), len(told(cast.carol))) == (2, 2)


def test_somebody_who_was_taken_out_of_a_private_channel_hears_nothing_more(cast: Cast, news: News) -> None:
    private = room(cast.bob, name="leads", private=True)
    add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    question = ask(cast.alice, private)
    say(cast.bob, question)
    # The statement is there; the telling comes after the removal.
    remove_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    news.travels()
    assert told(cast.alice) == []


def test_what_was_told_before_a_removal_is_no_longer_shown_nor_counted(cast: Cast, news: News) -> None:
    private = room(cast.bob, name="leads", private=True)
    add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    say(cast.bob, ask(cast.alice, private))
    news.travels()
    assert news_for(acting(cast.alice)).new == 1
    remove_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    assert news_for(acting(cast.alice)).new == 0
    assert lines(cast.alice) == ""


def test_deactivated_members_are_told_nothing(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    deactivate_member(actor=acting(cast.dave), member_id=cast.carol.pk)
    ask(cast.alice, channel)
    news.travels()
    assert told(cast.carol) == []


def test_hidden_asker_hears_of_answers_and_is_named_to_nobody(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol, cast.alice)
    question = ask(cast.alice, channel, anonymous=True)
    answer = say(cast.bob, question)
    say(cast.alice, question, "On which surface?")
    accept_answer(actor=acting(cast.alice), message_id=answer.pk)
    thank_for_message(actor=acting(cast.alice), message_id=answer.pk, words="Got going.")
    news.travels()
    # Their own doings are not told to them, though the ledger does not name them.
    assert told(cast.alice) == [("answered", "answered")]
    assert [kind for kind, _ in told(cast.bob)] == ["question", "followed", "accepted", "thanked"]
    for other in (cast.bob, cast.carol, cast.erin, cast.dave):
        assert "Alice" not in lines(other)
        assert not Notification.objects.filter(member=other, actor=cast.alice).exists()
    assert "Whoever asked" in lines(cast.bob)
    assert "Somebody asks “Does the mat" in lines(cast.carol)


def test_keys_of_notifications_tell_nothing_of_how_many_there_are(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol, cast.erin)
    ask(cast.alice, channel, anonymous=True)
    news.travels()
    keys = [one.key for one in Notification.objects.all()]
    assert len({key.version for key in keys} - {4}) == 0
    assert len(set(keys)) == len(keys)


def test_a_question_put_to_one_first_reaches_the_channel_later(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    question = ask(cast.alice, channel, of=cast.bob)
    news.travels()
    assert told(cast.bob) == [("asked", "asked")]
    assert told(cast.carol) == []
    assert "Alice Asker asks you" in lines(cast.bob)
    statement = Notification.objects.get(member=cast.bob).statement_id
    assert open_to_channel(statement_id=statement) == 1
    assert told(cast.carol) == [("question", "asked")]
    assert open_to_channel(statement_id=statement) == 0
    assert told(cast.bob) == [("asked", "asked")]
    assert question.answer_count == 0


def test_a_question_answered_in_time_does_not_reach_the_channel(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    question = ask(cast.alice, channel, of=cast.bob)
    news.travels()
    say(cast.bob, question)
    assert open_to_channel(statement_id=Notification.objects.get(member=cast.bob).statement_id) == 0
    assert told(cast.carol) == []


def test_passing_on_tells_the_next_one(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    question = ask(cast.alice, channel, of=cast.bob)
    pass_on(actor=acting(cast.bob), conversation_id=question.pk, to_member_id=cast.erin.pk)
    news.travels()
    assert told(cast.erin) == [("asked", "routed")]
    assert told(cast.carol) == []
    ask_member(actor=acting(cast.alice), conversation_id=question.pk, member_id=cast.dave.pk)
    news.travels()
    assert "would like you to answer" in lines(cast.dave)


def test_passing_back_tells_the_one_before(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob), of=cast.bob)
    pass_on(actor=acting(cast.bob), conversation_id=question.pk, to_member_id=cast.erin.pk)
    pass_on(actor=acting(cast.erin), conversation_id=question.pk, to_member_id=cast.bob.pk)
    news.travels()
    assert told(cast.bob) == [("asked", "asked"), ("asked", "routed")]
    assert "Erin Elsewhere and Alice Asker would like you to answer" in lines(cast.bob)


def test_a_muted_conversation_is_quiet_but_for_questions_put_to_oneself(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    question = ask(cast.alice, channel)
    say(cast.carol, question)
    follow_conversation(actor=acting(cast.carol), conversation_id=question.pk, following=False)
    say(cast.alice, question, "And @Carol Curator, when it is wet?")
    news.travels()
    assert told(cast.carol) == []
    ask_member(actor=acting(cast.alice), conversation_id=question.pk, member_id=cast.carol.pk)
    news.travels()
    assert told(cast.carol) == [("asked", "routed")]


def test_choices_hold_for_a_channel_before_everywhere_else(cast: Cast, news: News) -> None:
    loud, quiet = room(cast.bob, cast.carol), room(cast.bob, cast.carol, name="fleet-software")
    choose_notifications(
        actor=acting(cast.carol),
        hows={("question", None): "mail", ("question", quiet.pk): "never"},
        keep_hours=True,
    )
    ask(cast.alice, loud)
    ask(cast.alice, quiet)
    news.travels()
    assert [(one.how, one.conversation.channel_id) for one in Notification.objects.filter(member=cast.carol)] == [  # type: ignore[union-attr]
        ("mail", loud.pk)
    ]
    choose_notifications(actor=acting(cast.carol), hows={("question", quiet.pk): ""}, keep_hours=True)
    ask(cast.alice, quiet)
    news.travels()
    assert Notification.objects.filter(member=cast.carol).count() == 2


def test_every_kind_may_be_chosen_for_a_channel(cast: Cast, news: News) -> None:
    loud, quiet = room(cast.bob), room(cast.bob, name="fleet-software")
    choose_notifications(
        actor=acting(cast.alice),
        hows={("answered", quiet.pk): "page", ("mentioned", quiet.pk): "never"},
        keep_hours=True,
    )
    for channel in (loud, quiet):
        question = ask(cast.alice, channel)
        say(cast.bob, question)
        say(cast.carol, ask(cast.bob, channel), "@Alice Asker knows.")
    news.travels()
    told_of = Notification.objects.filter(member=cast.alice).order_by("pk")
    assert [(one.kind, one.how, one.conversation.channel_id) for one in told_of] == [  # type: ignore[union-attr]
        ("answered", "mail", loud.pk), ("mentioned", "mail", loud.pk), ("answered", "page", quiet.pk)
    ]  # fmt: skip


@pytest.mark.parametrize("choice", [("nonsense", None, "mail"), ("asked", 1, "mail"), ("asked", None, "pigeon")])
def test_choices_that_there_are_not_change_nothing(cast: Cast, choice: tuple[str, int | None, str]) -> None:
    kind, channel_id, how = choice
    with pytest.raises(Invalid):
        choose_notifications(actor=acting(cast.carol), hows={(kind, channel_id): how, ("kept", None): "never"})
    assert not Notification.objects.exists()


def test_a_private_channel_cannot_be_guessed_by_choosing_for_it(cast: Cast) -> None:
    private = room(cast.bob, name="leads", private=True)
    for channel_id in (private.pk, 99_999):
        with pytest.raises(Invalid, match="not shared with you"):
            choose_notifications(actor=acting(cast.erin), hows={("question", channel_id): "mail"})


def test_a_lively_thread_is_one_line_and_one_new_thing(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    question = ask(cast.alice, channel)
    say(cast.carol, question)
    for words in ("On a table.", "On the floor.", "On the mat."):
        say(cast.bob, question, words)
    news.travels()
    assert news_for(acting(cast.carol)).new == 1
    assert lines(cast.carol) == (
        "Good to know: 3 new messages in “Does the mat have to be flat?” / from Bob Explainer, and you follow it"
    )


def test_reading_the_conversation_is_having_looked(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob))
    say(cast.bob, question)
    news.travels()
    assert news_for(acting(cast.alice)).new == 1
    mark_conversation_seen(actor=acting(cast.alice), conversation_id=question.pk)
    assert news_for(acting(cast.alice)).new == 0
    say(cast.bob, question, "One more thing.")
    news.travels()
    assert news_for(acting(cast.alice)).new == 1


def test_looking_at_one_thing_leaves_the_others_new(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    first, second = ask(cast.alice, channel), ask(cast.alice, channel)
    say(cast.bob, first)
    say(cast.bob, second)
    news.travels()
    one = Notification.objects.filter(member=cast.alice, conversation=first).get()
    assert mark_notifications_seen(actor=acting(cast.erin), key=one.key) is None
    assert news_for(acting(cast.alice)).new == 2
    assert mark_notifications_seen(actor=acting(cast.alice), key=one.key) == one
    assert news_for(acting(cast.alice)).new == 1
    mark_notifications_seen(actor=acting(cast.alice))
    assert news_for(acting(cast.alice)).new == 0


def test_questions_that_wait_are_counted_until_they_are_answered(cast: Cast, news: News) -> None:
    question = ask(cast.alice, room(cast.bob), of=cast.bob)
    assert news_for(acting(cast.bob)).waiting == 1
    say(cast.bob, question)
    assert news_for(acting(cast.bob)).waiting == 0


def test_news_of_a_merged_conversation_leads_to_where_it_went(cast: Cast, news: News) -> None:
    channel = room(cast.bob)
    first, second = ask(cast.alice, channel), ask(cast.alice, channel)
    say(cast.bob, first)
    news.travels()
    merge_conversations(actor=acting(cast.carol), conversation_id=first.pk, into_id=second.pk)
    news.travels()
    assert Notification.objects.filter(member=cast.alice, kind="answered").get().conversation_id == second.pk


def test_insights_and_courses_are_told_to_those_they_concern(cast: Cast, news: News) -> None:
    channel = room(cast.bob, cast.carol)
    draft = start_insight(actor=acting(cast.bob))
    insight = publish_insight(
        actor=acting(cast.bob), insight_id=draft.insight_id, title="Cool the motors", body="Ten minutes.",
        topics=[], channel_id=channel.pk,
    )  # fmt: skip
    give_thanks(actor=acting(cast.erin), insight_id=insight.pk, receiver_id=cast.bob.pk, words="Cool.")
    mark_did_not_work(actor=acting(cast.alice), insight_id=insight.pk, reason="Still warm")
    course = create_course(actor=acting(cast.carol), title="First days", outcome="cool", insight_ids=[insight.pk])
    publish_course(actor=acting(cast.carol), course_id=course.pk)
    enrol(actor=acting(cast.alice), course_id=course.pk)
    lesson = course.sections.get().lessons.get()
    finish_lesson(actor=acting(cast.alice), course_id=course.pk, lesson_id=lesson.pk)
    insight.refresh_from_db()
    revise_insight(
        actor=acting(cast.bob), insight_id=insight.pk, base=1, title="Cool the motors", body="An hour.",
        topics=[],
    )  # fmt: skip
    take_update(actor=acting(cast.carol), course_id=course.pk, lesson_id=lesson.pk)
    news.travels()
    assert told(cast.bob) == [("thanked", "thanked"), ("doubted", "did-not-work")]
    assert [kind for kind, _ in told(cast.carol)] == ["kept", "learned", "update"]
    assert [kind for kind, _ in told(cast.alice)] == ["changed"]
    # What somebody learns is theirs to tell.
    assert "Somebody finished “First days”" in lines(cast.carol)
    assert "Alice" not in lines(cast.carol)


def test_old_news_of_a_question_says_no_longer_when_it_goes_on(cast: Cast, news: News) -> None:
    ask(cast.alice, room(cast.bob), of=cast.bob)
    news.travels()
    (group,) = notice_groups(acting(cast.bob))
    goes_on = group.notices[0].goes_on_at
    assert goes_on is not None
    assert timedelta(minutes=29) < goes_on - timezone.now() <= timedelta(minutes=30)
