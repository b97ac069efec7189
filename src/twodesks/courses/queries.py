"""Reads about courses: lists, outlines, a learner's way through."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from twodesks.courses import policies
from twodesks.courses.models import Attempt, Course, Enrolment, Lesson, LessonProgress, Question, Section
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor
from twodesks.kit.decision import Decision
from twodesks.kit.problem import NotFound
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.insights.models import Insight
    from twodesks.people.models import Member

TO_USE = 40
DONE, NOW, TODO, UPDATED = "done", "now", "todo", "upd"


def visible_courses(actor: Actor) -> QuerySet[Course]:
    return Course.objects.filter(policies.visible_to(actor))


def get_course(actor: Actor, course_id: int) -> Course:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = _course(actor, course_id=course_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _course(actor: Actor, course_id: int) -> QuerySet[Course]:
    return visible_courses(actor).select_related("channel", "created_by").filter(pk=course_id)


def get_lesson(actor: Actor, course: Course, lesson_id: int) -> Lesson:
    """A lesson of a course that has been fetched. Raises `NotFound`."""
    found = (
        Lesson.objects.filter(section__course=course, pk=lesson_id)
        .select_related("section", "insight", "revision", "revision__author")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def may_change(actor: Actor, course: Course) -> Decision:
    return policies.may_change(actor, course)


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson in an outline. `is_shared` is false where the actor does not see its insight: then show no title."""

    lesson: Lesson
    number: int
    state: str
    is_shared: bool
    update_ready: bool
    explained_by: list["Member"]

    @property
    def title(self) -> str:
        return self.lesson.title if self.is_shared else "Not shared with you"


@dataclass(frozen=True, slots=True)
class SectionRow:
    section: Section
    lessons: list[LessonRow]

    @property
    def minutes(self) -> int:
        return sum(row.lesson.estimated_minutes for row in self.lessons)


@dataclass(frozen=True, slots=True)
class Outline:
    course: Course
    sections: list[SectionRow]
    enrolment: Enrolment | None
    makers: list["Member"] = field(default_factory=list)

    @property
    def lessons(self) -> list[LessonRow]:
        return [row for section in self.sections for row in section.lessons]

    @property
    def minutes(self) -> int:
        return sum(section.minutes for section in self.sections)

    @property
    def minutes_left(self) -> int:
        return sum(row.lesson.estimated_minutes for row in self.lessons if row.state != DONE)

    @property
    def steps(self) -> list[str]:
        """One state a lesson, for the progress bar."""
        return [UPDATED if row.state == DONE and row.update_ready else row.state for row in self.lessons]

    @property
    def finished(self) -> int:
        return sum(row.state == DONE for row in self.lessons)

    @property
    def next_lesson(self) -> LessonRow | None:
        """Where the learner left, or the first that is not finished."""
        current = self.enrolment.current_lesson_id if self.enrolment else None
        open_rows = [row for row in self.lessons if row.state != DONE and row.is_shared]
        return next((row for row in open_rows if row.lesson.pk == current), open_rows[0] if open_rows else None)


def learnable(course: Course) -> QuerySet[Lesson]:
    """The lessons that count: a quiz does from its first question on."""
    return Lesson.objects.filter(_TO_LEARN, section__course=course)


_TO_LEARN = Q(kind=Lesson.Kind.INSIGHT) | Q(Exists(Question.objects.filter(lesson=OuterRef("pk"))))


def outlines(
    actor: Actor, courses: list[Course], *, enrolments: dict[int, Enrolment] | None = None, with_people: bool = True
) -> list[Outline]:
    """The outlines of several courses with the actor's progress, in four queries however many there are.

    `enrolments`, by course, saves looking them up; `with_people=False` leaves out who explained. Quizzes without
    questions and sections without lessons are left out, as everywhere but in the studio.
    """
    ids = [course.pk for course in courses]
    lessons = _lessons(actor, course_ids=ids, with_people=with_people, with_unwritten=False)
    if enrolments is None:
        mine = _own_enrolments(actor, course_ids=ids)
        enrolments = {enrolment.course_id: enrolment for enrolment in mine}
    by_course: dict[int, list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        by_course[lesson.section.course_id].append(lesson)
    return [_outline(course, by_course[course.pk], enrolments.get(course.pk), with_people) for course in courses]


@prepared
def _lessons(actor: Actor, course_ids: list[int], with_people: bool, with_unwritten: bool) -> QuerySet[Lesson]:
    ticks = LessonProgress.objects.filter(enrolment__member_id=actor.member_id or 0, finished_at__isnull=False)
    lessons = (
        Lesson.objects.filter(**{"section__course__any_of": course_ids})
        .select_related("section", "insight")
        .annotate(
            is_shared=Exists(visible_insights(actor).filter(pk=OuterRef("insight_id"))),
            is_done=Exists(ticks.filter(lesson=OuterRef("pk"))),
        )
        .order_by("section__position", "section_id", "position", "id")
    )
    if not with_unwritten:
        lessons = lessons.filter(_TO_LEARN)
    return lessons.prefetch_related("insight__credits__member") if with_people else lessons


@prepared
def _own_enrolments(actor: Actor, course_ids: list[int]) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(member_id=actor.member_id or 0, **{"course__any_of": course_ids})


def outline(actor: Actor, course: Course) -> Outline:
    """One course as those who learn see it."""
    return outlines(actor, [course])[0]


def studio_outline(actor: Actor, course: Course) -> Outline:
    """One course as those who make it see it: with quizzes that have no question yet, and with empty sections."""
    lessons = _lessons(actor, course_ids=[course.pk], with_people=True, with_unwritten=True)
    found = _outline(course, lessons, enrolment=None, with_people=True)
    filled = {row.section.pk: row for row in found.sections}
    sections = Section.objects.filter(course=course).order_by("position", "id")
    return replace(found, sections=[filled.get(section.pk, SectionRow(section, [])) for section in sections])


def _outline(
    course: Course,
    lessons: list[Lesson],
    enrolment: Enrolment | None,
    with_people: bool,
) -> Outline:
    makers: dict[int, Member] = {course.created_by_id: course.created_by}
    sections: dict[int, SectionRow] = {}
    for number, lesson in enumerate(lessons, 1):
        here = enrolment is not None and lesson.pk == enrolment.current_lesson_id
        row = _lesson_row(lesson, number, here=here, with_people=with_people)
        makers |= {member.pk: member for member in row.explained_by}
        sections.setdefault(lesson.section_id, SectionRow(lesson.section, [])).lessons.append(row)
    return Outline(course, list(sections.values()), enrolment, list(makers.values()))


def _lesson_row(lesson: Lesson, number: int, *, here: bool, with_people: bool) -> LessonRow:
    state = DONE if lesson.is_done else NOW if here else TODO  # type: ignore[attr-defined]
    insight = lesson.insight
    shared = insight is None or lesson.is_shared  # type: ignore[attr-defined]
    credits = insight.credits.all() if insight is not None and with_people else ()
    explained = [credit.member for credit in credits if credit.role == "explained"]
    update = insight is not None and shared and insight.current_revision_id not in (None, lesson.revision_id)
    return LessonRow(lesson, number, state, shared, update, explained if shared else [])


def listed_courses(actor: Actor) -> QuerySet[Course]:
    """Published courses the actor sees and their own unpublished ones, newest first, with figures for a card."""
    return (
        visible_courses(actor)
        .select_related("channel", "created_by")
        .annotate(
            learners=Count("enrolments", distinct=True),
            completions=Count("enrolments", filter=Q(enrolments__completed_at__isnull=False), distinct=True),
        )
        .order_by(Coalesce("published_at", "created_at").desc(), "-pk")
    )


def catalogue(actor: Actor) -> QuerySet[Course]:
    """Published courses that the actor sees and has not begun, newest first."""
    begun = Enrolment.objects.filter(course=OuterRef("pk"), member_id=actor.member_id or 0)
    open_ones = visible_courses(actor).filter(~Exists(begun), published_at__isnull=False, withdrawn_at=None)
    return open_ones.select_related("created_by").order_by("-published_at", "-pk")


def courses_in_the_making(actor: Actor) -> QuerySet[Course]:
    """The actor's own that nobody else sees, newest first."""
    own = Course.objects.filter(Q(published_at=None) | Q(withdrawn_at__isnull=False), created_by=actor.member_id)
    return own.select_related("created_by").order_by("-created_at", "-pk")


def own_enrolments(actor: Actor) -> QuerySet[Enrolment]:
    """What the actor takes, last touched first; then what they have completed, newest first."""
    return (
        Enrolment.objects.filter(member_id=actor.member_id or 0, course__in=visible_courses(actor).order_by())
        .select_related("course__created_by")
        .order_by(F("completed_at").desc(nulls_first=True), "-active_at", "-pk")
    )


@prepared
def _in_progress(actor: Actor) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(member_id=actor.member_id or 0, completed_at=None)
        .filter(course__in=visible_courses(actor).order_by())
        .select_related("course__created_by")
        .order_by("-active_at")[:20]
    )


def courses_in_progress(actor: Actor, *, limit: int = 3) -> list[Outline]:
    """What the actor is in the middle of, last touched first."""
    enrolments = {enrolment.course_id: enrolment for enrolment in _in_progress(actor)[:limit]}
    courses = [enrolment.course for enrolment in enrolments.values()]
    return outlines(actor, courses, enrolments=enrolments, with_people=False)


@dataclass(frozen=True, slots=True)
class Completed:
    course: Course
    enrolment: Enrolment


def completed_courses(actor: Actor, member_id: int) -> list[Completed]:
    """What a member has completed, as far as the actor sees those courses, newest first."""
    enrolments = (
        Enrolment.objects.filter(
            member_id=member_id, completed_at__isnull=False, course__in=visible_courses(actor).order_by()
        )
        .select_related("course")
        .order_by("-completed_at")
    )
    return [Completed(enrolment.course, enrolment) for enrolment in enrolments[:50]]


def questions_of(lesson: Lesson) -> list[Question]:
    """A quiz's questions with their options, in order."""
    return list(lesson.questions.select_related("insight").prefetch_related("options"))


def last_attempt(actor: Actor, lesson: Lesson) -> Attempt | None:
    """The actor's last try at a quiz."""
    return Attempt.objects.filter(lesson=lesson, enrolment__member_id=actor.member_id or 0).order_by("-pk").first()


def courses_using(actor: Actor, insight_id: int) -> QuerySet[Course]:
    """Courses with a lesson on this insight, as far as the actor sees them."""
    return visible_courses(actor).filter(sections__lessons__insight_id=insight_id).distinct().order_by("title")


def taught_through(actor: Actor, member_id: int) -> int:
    """How many lessons that this member explained others have finished, in courses the actor sees."""
    total = (
        LessonProgress.objects.filter(
            finished_at__isnull=False,
            lesson__insight__credits__member_id=member_id,
            lesson__insight__credits__role="explained",
            lesson__section__course__in=visible_courses(actor).order_by(),
        )
        .exclude(enrolment__member_id=F("lesson__insight__credits__member_id"))
        .aggregate(total=Count("pk", distinct=True))
    )
    return int(total["total"] or 0)


def finished_by(lesson_id: int) -> set[int]:
    """Ids of the members who finished a lesson. For telling, never for a page."""
    done = LessonProgress.objects.filter(lesson_id=lesson_id, finished_at__isnull=False)
    return set(done.values_list("enrolment__member_id", flat=True))


def makers_teaching(insight_id: int) -> dict[int, int]:
    """Who made the published courses that have an insight as a lesson, by course. For telling, never for a page."""
    found = Course.objects.filter(
        sections__lessons__insight_id=insight_id, published_at__isnull=False, withdrawn_at=None
    )
    return dict(found.values_list("pk", "created_by_id"))


def insights_to_use(actor: Actor, wanted: str = "") -> QuerySet["Insight"]:
    """What a lesson can be made of, the most helpful first; with `wanted` in the title."""
    insights = visible_insights(actor).filter(published_at__isnull=False, withdrawn_at=None)
    if wanted:
        insights = insights.filter(title__icontains=wanted)
    return insights.prefetch_related("credits__member").order_by("-helped_count", "-published_at")[:TO_USE]


def insights_among(actor: Actor, insight_ids: Collection[int]) -> dict[int, "Insight"]:
    """Those of them that the actor sees, by id."""
    return {insight.pk: insight for insight in visible_insights(actor).filter(pk__in=insight_ids)}
