"""A course that changes under those who take it: everybody can still come to its end, and keeps what they have done."""

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.create_channel import create_channel
from twodesks.courses.models import Course, Enrolment, Lesson
from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.answer_quiz import answer_quiz
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.remove_lesson import remove_lesson
from twodesks.courses.operations.set_question import OptionInput, set_question
from twodesks.courses.queries import last_attempt
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.problem import Denied, Invalid, NotFound
from twodesks.people.models import Member, Organisation

pytestmark = pytest.mark.django_db
COLOURS = [OptionInput("Red", False, "That is stop."), OptionInput("Green", True), OptionInput("Blue", False)]


def keep(member: Member, title: str, channel_id: int) -> int:
    draft = start_insight(actor=acting(member))
    kept = publish_insight(
        actor=acting(member), insight_id=draft.insight_id, title=title, body=f"{title}.", channel_id=channel_id
    )
    return kept.pk


@pytest.fixture
def course(cast: Cast) -> Course:
    """Two lessons, published by Carol and begun by Alice."""
    Organisation.objects.create(pk=1, name="Ridgeway")
    channel = create_channel(actor=acting(cast.bob), name="signals")
    insights = [keep(cast.bob, title, channel.pk) for title in ("Stop", "Go")]
    made = create_course(actor=acting(cast.carol), title="Lights", outcome="cross a road", insight_ids=insights)
    publish_course(actor=acting(cast.carol), course_id=made.pk)
    enrol(actor=acting(cast.alice), course_id=made.pk)
    return made


def lessons_of(course: Course) -> list[Lesson]:
    return list(Lesson.objects.filter(section__course=course).order_by("position"))


def add_quiz(cast: Cast, course: Course) -> Lesson:
    section = course.sections.get()
    return add_lesson(actor=acting(cast.carol), course_id=course.pk, section_id=section.pk, insight_id=None)


def ask(cast: Cast, quiz: Lesson, options: list[OptionInput], question_id: int | None = None) -> int:
    course_id = quiz.section.course_id
    question = set_question(
        actor=acting(cast.carol),
        course_id=course_id,
        lesson_id=quiz.pk,
        prompt="Which is go?",
        options=options,
        question_id=question_id,
    )
    return question.pk


def test_quiz_without_questions_stands_in_nobodys_way(cast: Cast, course: Course, client: Client) -> None:
    quiz = add_quiz(cast, course)
    client.force_login(cast.alice)
    page = f"/courses/{course.pk}/lessons/{quiz.pk}/"
    assert client.get(page).status_code == 404
    assert "2 lessons" in client.get(f"/courses/{course.pk}/").content.decode()
    first, second = lessons_of(course)[:2]
    assert "Next" not in client.get(f"/courses/{course.pk}/lessons/{second.pk}/").content.decode()
    for lesson in (first, second):
        finish_lesson(actor=acting(cast.alice), course_id=course.pk, lesson_id=lesson.pk)
    assert Enrolment.objects.get().completed_at is not None
    assert page not in client.get("/search/?q=check+yourself").content.decode()
    client.force_login(cast.carol)
    studio = client.get(f"/courses/{course.pk}/studio/?lesson={quiz.pk}").content.decode()
    assert "sees this quiz once it has a question" in studio
    ask(cast, quiz, COLOURS)
    client.force_login(cast.alice)
    assert client.get(page).status_code == 200
    assert page in client.get("/search/?q=check+yourself").content.decode()


def test_quiz_with_a_question_still_has_to_be_passed(cast: Cast, course: Course) -> None:
    quiz = add_quiz(cast, course)
    question = ask(cast, quiz, COLOURS)
    for lesson in lessons_of(course)[:2]:
        finish_lesson(actor=acting(cast.alice), course_id=course.pk, lesson_id=lesson.pk)
    assert Enrolment.objects.get().completed_at is None
    right = quiz.questions.get().options.get(is_right=True).pk
    answer_quiz(actor=acting(cast.alice), course_id=course.pk, lesson_id=quiz.pk, answers={question: [right]})
    assert Enrolment.objects.get().completed_at is not None


def test_insight_can_be_added_beside_a_quiz_without_questions(cast: Cast, course: Course) -> None:
    add_quiz(cast, course)
    section, bob = course.sections.get(), acting(cast.bob)
    private = create_channel(actor=bob, name="leads", visibility="private")
    secret = keep(cast.bob, "Secret", private.pk)
    with pytest.raises(NotFound):
        add_lesson(actor=acting(cast.carol), course_id=course.pk, section_id=section.pk, insight_id=secret)
    Course.objects.update(created_by=cast.bob)
    with pytest.raises(Invalid, match="private channel"):
        add_lesson(actor=acting(cast.bob), course_id=course.pk, section_id=section.pk, insight_id=secret)
    open_one = keep(cast.bob, "Amber", create_channel(actor=bob, name="amber").pk)
    add_lesson(actor=acting(cast.bob), course_id=course.pk, section_id=section.pk, insight_id=open_one)
    assert [lesson.title for lesson in lessons_of(course)] == ["Stop", "Go", "Check yourself", "Amber"]


def test_question_written_anew_keeps_what_was_chosen_before(cast: Cast, course: Course, client: Client) -> None:
    quiz = add_quiz(cast, course)
    question = ask(cast, quiz, COLOURS)
    red, green, blue = quiz.questions.get().options.all()
    answer_quiz(actor=acting(cast.alice), course_id=course.pk, lesson_id=quiz.pk, answers={question: [red.pk]})
    anew = [OptionInput("Amber", False), OptionInput("Red", False, "Stop."), OptionInput("Bright green", True)]
    ask(cast, quiz, anew, question)
    options = list(quiz.questions.get().options.all())
    assert [option.text for option in options] == ["Amber", "Red", "Bright green"]
    assert options[1].pk == red.pk
    assert {option.pk for option in options} == {red.pk, green.pk, blue.pk}
    attempt = last_attempt(acting(cast.alice), quiz)
    assert attempt is not None
    assert attempt.answers == {str(question): [red.pk]}
    client.force_login(cast.alice)
    page = client.get(f"/courses/{course.pk}/lessons/{quiz.pk}/").content.decode()
    assert "Your answer" in page
    assert "Stop." in page
    ask(cast, quiz, anew[1:], question)
    assert [option.text for option in quiz.questions.get().options.all()] == ["Red", "Bright green"]


def test_taking_out_the_last_open_lesson_completes_those_before_it(cast: Cast, course: Course) -> None:
    enrol(actor=acting(cast.erin), course_id=course.pk)
    first, second = lessons_of(course)
    finish_lesson(actor=acting(cast.alice), course_id=course.pk, lesson_id=first.pk)
    with pytest.raises(Denied):
        remove_lesson(actor=acting(cast.erin), course_id=course.pk, lesson_id=second.pk)
    assert not Enrolment.objects.filter(completed_at__isnull=False).exists()
    remove_lesson(actor=acting(cast.carol), course_id=course.pk, lesson_id=second.pk)
    assert Enrolment.objects.get(member=cast.alice).completed_at is not None
    assert Enrolment.objects.get(member=cast.erin).completed_at is None
    told = Statement.objects.get(verb="completed", object_type="course")
    assert told.actor == cast.alice


def test_published_course_keeps_one_lesson(cast: Cast, course: Course, client: Client) -> None:
    first, second = lessons_of(course)
    client.force_login(cast.carol)
    for lesson in (first, second):
        answer = client.post(f"/courses/{course.pk}/studio/lessons/{lesson.pk}/remove/", follow=True)
    assert "A published course keeps one lesson." in answer.content.decode()
    assert lessons_of(course) == [second]
