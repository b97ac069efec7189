"""Choosing and taking a course."""

from itertools import islice
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.courses.forms import ids_in
from twodesks.courses.operations.answer_quiz import answer_quiz
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.leave_course import leave_course
from twodesks.courses.operations.open_lesson import open_lesson
from twodesks.courses.pages import quiz_page
from twodesks.courses.queries import (
    TODO,
    LessonRow,
    Outline,
    catalogue,
    completed_courses,
    courses_in_the_making,
    courses_using,
    get_course,
    get_lesson,
    last_attempt,
    listed_courses,
    may_change,
    outline,
    outlines,
    own_enrolments,
)
from twodesks.insights.queries import get_insight
from twodesks.insights.queries.reading import clip_views
from twodesks.kit import markdown
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid, NotFound
from twodesks.people.identity import member_actor

if TYPE_CHECKING:
    from twodesks.courses.models import Course

A_PAGE = 24


@require_GET
def courses(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    page = Paginator(catalogue(actor), A_PAGE).get_page(request.GET.get("page"))
    yours = Paginator(own_enrolments(actor), A_PAGE).get_page(request.GET.get("yours"))
    enrolments = {enrolment.course_id: enrolment for enrolment in yours}
    taken, drafts = [enrolment.course for enrolment in yours], list(courses_in_the_making(actor))
    listed = iter(outlines(actor, [*taken, *drafts, *page], enrolments=enrolments))
    context = {
        "mine": list(islice(listed, len(taken))),
        "drafts": list(islice(listed, len(drafts))),
        "catalogue": list(listed),
        "page": page,
        "yours": yours,
        "completed": completed_courses(actor, actor.require_member()),
    }
    return render(request, "courses/courses.html", context)


@require_GET
def course(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    found = get_course(actor, course_id)
    shown = outline(actor, found)
    makers = [
        (maker, [row.number for row in shown.lessons if maker in row.explained_by], maker.pk == found.created_by_id)
        for maker in shown.makers
    ]
    context = {
        "outline": shown,
        "course": found,
        "makers": makers,
        "outcomes": [line.lstrip("-* ").strip() for line in found.outcome.splitlines() if line.strip("-* ")],
        "figures": listed_courses(actor).get(pk=course_id),
        "may_change": may_change(actor, found),
    }
    return render(request, "courses/course.html", context)


@require_POST
def begin(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    enrol(actor=actor, course_id=course_id)
    first = outline(actor, get_course(actor, course_id)).next_lesson
    return redirect("lesson", course_id, first.lesson.pk) if first else redirect("course", course_id)


@require_POST
def leave(request: HttpRequest, course_id: int) -> HttpResponse:
    leave_course(actor=member_actor(request), course_id=course_id)
    messages.success(request, "You have left the course. You can begin it again at any time.")
    return redirect("course", course_id)


def _row(shown: Outline, lesson_id: int) -> LessonRow:
    row = next((row for row in shown.lessons if row.lesson.pk == lesson_id), None)
    if row is None or not row.is_shared:
        raise NotFound
    return row


def _come_to(actor: Actor, found: "Course", lesson_id: int) -> tuple[Outline, LessonRow]:
    """The outline with this lesson as where the learner is; nothing is written when they were here already."""
    shown = outline(actor, found)
    row = _row(shown, lesson_id)
    if shown.enrolment is None or (shown.enrolment.current_lesson_id == lesson_id and row.state != TODO):
        return shown, row
    open_lesson(actor=actor, course_id=found.pk, lesson_id=lesson_id)
    shown = outline(actor, found)
    return shown, _row(shown, lesson_id)


def _after(shown: Outline, row: LessonRow) -> LessonRow | None:
    return next((later for later in shown.lessons if later.number > row.number and later.is_shared), None)


@require_http_methods(["GET", "POST"])
def lesson(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    actor = member_actor(request)
    found = get_course(actor, course_id)
    this = get_lesson(actor, found, lesson_id)
    if this.kind == "quiz":
        return _quiz(request, course_id, lesson_id)
    if request.method == "POST":
        enrolment = finish_lesson(actor=actor, course_id=course_id, lesson_id=lesson_id)
        shown = outline(actor, found)
        following = _after(shown, _row(shown, lesson_id))
        if enrolment.completed_at is not None and shown.finished == len(shown.lessons):
            return redirect("course-done", course_id)
        return redirect("lesson", course_id, following.lesson.pk) if following else redirect("course", course_id)
    insight = get_insight(actor, this.insight_id or 0)
    shown, row = _come_to(actor, found, lesson_id)
    context = {
        "course": found,
        "outline": shown,
        "row": row,
        "next": _after(shown, row),
        "insight": insight,
        "parts": clip_views(actor, markdown.render(this.revision.body if this.revision else "").parts),
    }
    return render(request, "courses/lesson.html", context)


def _quiz(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    actor = member_actor(request)
    found = get_course(actor, course_id)
    this = get_lesson(actor, found, lesson_id)
    chosen: dict[int, list[int]] = {}
    missing = ""
    if request.method == "POST":
        names = [name for name in request.POST if name.startswith("question-")]
        chosen = {ids_in([name.removeprefix("question-")])[0]: ids_in(request.POST.getlist(name)) for name in names}
        try:
            answer_quiz(actor=actor, course_id=course_id, lesson_id=lesson_id, answers=chosen)
        except Invalid as problem:
            missing = problem.detail
        else:
            return redirect("lesson", course_id, lesson_id)
    shown, row = _come_to(actor, found, lesson_id)
    attempt = None if missing or "again" in request.GET else last_attempt(actor, this)
    context = {
        "course": found,
        "outline": shown,
        "row": row,
        "next": _after(shown, row),
        "attempt": attempt,
        "questions": quiz_page(actor, this, attempt, chosen),
        "missing": missing,
        "completed": bool(shown.enrolment and shown.enrolment.completed_at),
    }
    return render(request, "courses/quiz.html", context, status=422 if missing else 200)


@require_GET
def done(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    found = get_course(actor, course_id)
    shown = outline(actor, found)
    if shown.enrolment is None or shown.enrolment.completed_at is None:
        return redirect("course", course_id)
    return render(request, "courses/done.html", {"course": found, "outline": shown})


@require_GET
def using(request: HttpRequest, insight_id: int) -> HttpResponse:
    """A fragment for the page of an insight: the courses it is taught in."""
    actor = member_actor(request)
    insight = get_insight(actor, insight_id)
    return render(request, "courses/_using.html", {"courses": courses_using(actor, insight.pk)[:10]})
