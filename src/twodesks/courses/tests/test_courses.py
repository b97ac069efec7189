"""Making a course of insights, publishing it, and taking it as another member."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.create_channel import create_channel
from twodesks.courses.models import Course, Enrolment, Lesson
from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.arrange_course import arrange_course
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.remove_lesson import remove_lesson
from twodesks.courses.operations.set_question import OptionInput, set_question
from twodesks.courses.operations.take_update import take_update
from twodesks.courses.queries import get_course, outline
from twodesks.insights.models import Insight
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.problem import Conflict, Denied, Invalid, NotFound
from twodesks.people.models import Member, Organisation

pytestmark = pytest.mark.django_db
TITLES = ("Cool the motors", "Torque the mount", "Calibrate on the mat")


@pytest.fixture(autouse=True)
def _organisation(db: None) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")


def keep(member: Member, title: str, channel_id: int) -> int:
    actor = acting(member)
    draft = start_insight(actor=actor)
    body = f"{title}, then wait for ten minutes."
    kept = publish_insight(actor=actor, insight_id=draft.insight_id, title=title, body=body, channel_id=channel_id)
    return kept.pk


@dataclass
class Made:
    course: Course
    insights: list[int]
    lessons: list[int]
    quiz: Lesson
    right: int
    wrong: int
    question: int


@pytest.fixture
def made(cast: Cast) -> Made:
    """Bob's three insights in an open channel, compiled by Carol, with a quiz of one question. Not published."""
    channel = create_channel(actor=acting(cast.bob), name="field-calibration")
    insights = [keep(cast.bob, title, channel.pk) for title in TITLES]
    carol = acting(cast.carol)
    course = create_course(actor=carol, title="Wren, first days", outcome="calibrate a Wren", insight_ids=insights)
    section = add_section(actor=carol, course_id=course.pk, title="Check")
    quiz = add_lesson(actor=carol, course_id=course.pk, section_id=section.pk, insight_id=None)
    question = set_question(
        actor=carol,
        course_id=course.pk,
        lesson_id=quiz.pk,
        prompt="What comes first?",
        options=[OptionInput("Cooling", True), OptionInput("Coffee", False, "Later.")],
        insight_id=insights[0],
    )
    options = list(question.options.all())
    lessons = list(Lesson.objects.filter(section__course=course, kind="insight").values_list("pk", flat=True))
    return Made(course, insights, lessons, quiz, options[0].pk, options[1].pk, question.pk)


def test_an_unpublished_course_is_its_makers_alone(cast: Cast, made: Made, client: Client) -> None:
    client.force_login(cast.alice)
    assert client.get(f"/courses/{made.course.pk}/").status_code == 404
    with pytest.raises(NotFound):
        enrol(actor=acting(cast.alice), course_id=made.course.pk)
    client.force_login(cast.carol)
    assert client.get(f"/courses/{made.course.pk}/").status_code == 200


def test_a_course_says_what_it_lacks_before_it_is_published(cast: Cast) -> None:
    carol = acting(cast.carol)
    empty = create_course(actor=carol, title="Empty")
    with pytest.raises(Invalid, match="at least one lesson"):
        publish_course(actor=carol, course_id=empty.pk)
    channel = create_channel(actor=acting(cast.bob), name="platform")
    carol = acting(cast.carol)  # an actor is of one request: what it sees, it saw at its beginning
    course = create_course(actor=carol, title="No aim", insight_ids=[keep(cast.bob, "Lock", channel.pk)])
    with pytest.raises(Invalid, match="be able to do"):
        publish_course(actor=carol, course_id=course.pk)
    course.refresh_from_db()
    assert course.published_at is None


def test_a_course_never_shows_what_lives_in_a_private_channel(cast: Cast, client: Client) -> None:
    bob = acting(cast.bob)
    private = create_channel(actor=bob, name="leads", visibility="private")
    secret = keep(cast.bob, "Secret plan", private.pk)
    course = create_course(actor=bob, title="Open course", outcome="plan", insight_ids=[secret])
    with pytest.raises(Invalid, match="private channel"):
        publish_course(actor=bob, course_id=course.pk)
    Course.objects.filter(pk=course.pk).update(published_at=course.created_at)
    client.force_login(cast.erin)
    page = client.get(f"/courses/{course.pk}/")
    assert b"Secret plan" not in page.content
    assert client.get(f"/courses/{course.pk}/lessons/{Lesson.objects.get().pk}/").status_code == 404


def test_only_its_maker_and_curators_change_a_course(cast: Cast, made: Made, client: Client) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    client.force_login(cast.alice)
    assert client.get(f"/courses/{made.course.pk}/studio/").status_code == 403
    with pytest.raises(Denied):
        add_section(actor=acting(cast.alice), course_id=made.course.pk, title="Mine")
    client.force_login(cast.dave)
    assert client.get(f"/courses/{made.course.pk}/studio/").status_code == 200


def test_lesson_moves_by_plain_buttons_and_one_that_is_gone_is_not_there(
    cast: Cast, made: Made, client: Client
) -> None:
    client.force_login(cast.carol)
    carol, studio = acting(cast.carol), f"/courses/{made.course.pk}/studio/lessons"
    before = [row.lesson.pk for row in outline(carol, get_course(carol, made.course.pk)).lessons]
    assert client.post(f"{studio}/{before[0]}/move/", {"to": "down"}).status_code == 302
    after = [row.lesson.pk for row in outline(carol, get_course(carol, made.course.pk)).lessons]
    assert after == [before[1], before[0], *before[2:]]
    remove_lesson(actor=carol, course_id=made.course.pk, lesson_id=before[0])
    assert client.post(f"{studio}/{before[0]}/move/", {"to": "down"}).status_code == 404
    assert client.post(f"{studio}/999999/move/", {"to": "up"}).status_code == 404


def test_two_who_arrange_at_once_are_told(cast: Cast, made: Made) -> None:
    carol = acting(cast.carol)
    shown = outline(carol, get_course(carol, made.course.pk))
    first, check = shown.sections
    order = [
        (check.section.pk, [made.quiz.pk, made.lessons[2]]),
        (first.section.pk, [made.lessons[1], made.lessons[0]]),
    ]
    publish_course(actor=carol, course_id=made.course.pk)
    version = Course.objects.get(pk=made.course.pk).version
    arrange_course(actor=carol, course_id=made.course.pk, version=version, order=order)
    rows = outline(carol, get_course(carol, made.course.pk)).lessons
    assert [row.lesson.pk for row in rows] == [made.quiz.pk, made.lessons[2], made.lessons[1], made.lessons[0]]
    with pytest.raises(Conflict):
        arrange_course(actor=acting(cast.dave), course_id=made.course.pk, version=version, order=order)
    with pytest.raises(Invalid):
        arrange_course(actor=carol, course_id=made.course.pk, version=version + 1, order=order[:1])


def test_another_member_takes_the_course_to_its_end(cast: Cast, made: Made, client: Client) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    base = f"/courses/{made.course.pk}"
    client.force_login(cast.alice)
    begun = client.post(f"{base}/begin/")
    assert begun["Location"] == f"{base}/lessons/{made.lessons[0]}/"
    assert b"wait for ten minutes" in client.get(begun["Location"]).content
    client.post(begun["Location"])
    client.get(f"{base}/lessons/{made.lessons[1]}/")
    resumed = client.get(f"{base}/").context["outline"].next_lesson
    assert resumed.lesson.pk == made.lessons[1]
    for lesson in made.lessons[1:]:
        client.post(f"{base}/lessons/{lesson}/")
    quiz = f"{base}/lessons/{made.quiz.pk}/"
    assert client.post(quiz, {}).status_code == 422
    client.post(quiz, {f"question-{made.question}": made.wrong})
    assert b"0 of 1 this time" in client.get(quiz).content
    assert Enrolment.objects.get().completed_at is None
    client.post(quiz, {f"question-{made.question}": made.right})
    assert Enrolment.objects.get().completed_at is not None
    assert b"Alice Asker" in client.get(f"{base}/done/").content
    assert b"Wren, first days" in client.get(f"/people/{cast.alice.pk}/").content
    verbs = Statement.objects.filter(actor=cast.alice, object_type="course").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["registered", "completed"]


def test_a_quiz_tells_nothing_before_it_was_tried(cast: Cast, made: Made, client: Client) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    client.force_login(cast.alice)
    client.post(f"/courses/{made.course.pk}/begin/")
    page = client.get(f"/courses/{made.course.pk}/lessons/{made.quiz.pk}/").content.decode()
    assert "Cooling" in page
    assert "Later." not in page
    assert 'class="opt right"' not in page


def test_progress_is_kept_only_for_those_who_began(cast: Cast, made: Made) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    with pytest.raises(NotFound):
        finish_lesson(actor=acting(cast.alice), course_id=made.course.pk, lesson_id=made.lessons[0])


def test_a_lesson_stays_at_its_revision_until_the_update_is_taken(cast: Cast, made: Made) -> None:
    carol = acting(cast.carol)
    lesson = Lesson.objects.select_related("insight").get(pk=made.lessons[0])
    assert lesson.insight is not None
    revise_insight(
        actor=acting(cast.bob),
        insight_id=lesson.insight.pk,
        base=1,
        title="Cool the motors well",
        body="Twelve minutes.",
        topics=[],
    )
    row = outline(carol, get_course(carol, made.course.pk)).lessons[0]
    assert row.update_ready
    assert row.title == "Cool the motors"
    take_update(actor=carol, course_id=made.course.pk, lesson_id=lesson.pk)
    row = outline(carol, get_course(carol, made.course.pk)).lessons[0]
    assert not row.update_ready
    assert row.title == "Cool the motors well"


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("", [("a", True), ("b", False)]),
        ("Why?", [("a", True)]),
        ("Why?", [("a", False), ("b", False)]),
        ("Why?", [(f"{n}", True) for n in range(9)]),
        ("Why?", [("a" * 301, True), ("b", False)]),
    ],
)
def test_a_question_needs_words_answers_and_a_right_one(
    cast: Cast, made: Made, prompt: str, options: list[tuple[str, bool]]
) -> None:
    given = [OptionInput(text, right) for text, right in options]
    with pytest.raises(Invalid):
        set_question(
            actor=acting(cast.carol), course_id=made.course.pk, lesson_id=made.quiz.pk, prompt=prompt, options=given
        )
    assert made.quiz.questions.count() == 1


def test_looking_for_another_insight_keeps_what_was_written_and_ticked(cast: Cast, made: Made, client: Client) -> None:
    client.force_login(cast.carol)
    kept = Insight.objects.order_by("pk")[:2]
    written = {"title": "Wheels & more", "outcome": "", "audience": "", "channel_id": "", "insight": [kept[0].pk]}
    before = Course.objects.count()
    page = client.post("/courses/new/", {**written, "look": "1", "find": kept[1].title}).content.decode()
    assert Course.objects.count() == before
    assert "Wheels &amp; more" in page
    assert re.search(rf'value="{kept[0].pk}"[^>]* checked', page)
    assert f'value="{kept[1].pk}"' in page
    assert "This field is required" not in page
    assert client.post("/courses/new/", written).status_code == 302


def test_question_that_lacks_something_keeps_what_was_written(cast: Cast, made: Made, client: Client) -> None:
    client.force_login(cast.carol)
    address = f"/courses/{made.course.pk}/studio/lessons/{made.quiz.pk}/questions/"
    written = {
        "prompt": "Which <first>?",
        "option": ["Stop it", "", "Run"],
        "feedback": ["", "", "No."],
        "explanation": "So.",
    }
    before = made.quiz.questions.count()
    answer = client.post(address, written)
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in (
        "Mark the right answer.",
        "Which &lt;first&gt;?",
        'value="Stop it"',
        'value="Run"',
        'value="No."',
        "So.",
    ):
        assert words in page
    assert made.quiz.questions.count() == before
    assert client.post(address, {**written, "right": ["0"]}).status_code == 302
    assert made.quiz.questions.count() == before + 1


def test_title_that_is_missing_keeps_the_other_words(cast: Cast, made: Made, client: Client) -> None:
    client.force_login(cast.carol)
    words = {"title": "", "outcome": "begin a book", "audience": "", "channel_id": ""}
    answer = client.post(f"/courses/{made.course.pk}/studio/words/", words)
    assert answer.status_code == 422
    assert "Give the course a title." in answer.content.decode()
    assert "begin a book" in answer.content.decode()


def test_one_lesson_is_under_way_at_a_time(cast: Cast, made: Made, client: Client) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    client.force_login(cast.erin)
    client.post(f"/courses/{made.course.pk}/begin/")
    for lesson in made.lessons[:2]:
        client.get(f"/courses/{made.course.pk}/lessons/{lesson}/")
    states = [row.state for row in outline(acting(cast.erin), made.course).lessons]
    assert states.count("now") == 1
    assert states[1] == "now"


def test_hostile_words_are_shown_as_words(cast: Cast, made: Made, client: Client) -> None:
    client.force_login(cast.carol)
    words = {
        "title": "<script>alert(1)</script> 🤖 أهلا",
        "outcome": "<img onerror=x>",
        "audience": "",
        "channel_id": "",
    }
    client.post(f"/courses/{made.course.pk}/studio/words/", words)
    for path in ("", "studio/"):
        page = client.get(f"/courses/{made.course.pk}/{path}").content.decode()
        assert "<script>alert" not in page
        assert "<img onerror" not in page
        assert "🤖 أهلا" in page


@pytest.mark.parametrize(
    ("path", "most"),
    [("/courses/", 15), ("/courses/{c}/", 15), ("/courses/{c}/lessons/{l}/", 15), ("/courses/{c}/studio/", 15)],
)
def test_pages_of_courses_cost_few_queries(
    cast: Cast, made: Made, client: Client, django_assert_max_num_queries: pytest.FixtureRequest, path: str, most: int
) -> None:
    publish_course(actor=acting(cast.carol), course_id=made.course.pk)
    client.force_login(cast.carol)
    client.post(f"/courses/{made.course.pk}/begin/")
    address = path.format(c=made.course.pk, l=made.lessons[0])
    client.get(address)
    with django_assert_max_num_queries(most):  # type: ignore[operator]
        assert client.get(address).status_code == 200
