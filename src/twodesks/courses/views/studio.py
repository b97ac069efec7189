"""The course studio: compile, arrange, write quizzes, publish. Every step is a form, so it works without script."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.channels.queries import postable_channels
from twodesks.courses.forms import CourseForm, QuestionForm, ids_in, options_in, order_in
from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.arrange_course import arrange_course
from twodesks.courses.operations.change_course import change_course
from twodesks.courses.operations.change_section import change_section
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.remove_lesson import remove_lesson
from twodesks.courses.operations.remove_question import remove_question
from twodesks.courses.operations.set_question import set_question
from twodesks.courses.operations.take_update import take_update
from twodesks.courses.operations.withdraw_course import withdraw_course
from twodesks.courses.queries import (
    get_course,
    get_lesson,
    insights_among,
    insights_to_use,
    may_change,
    questions_of,
    studio_outline,
)
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Denied, Invalid, NotFound
from twodesks.people.identity import member_actor

if TYPE_CHECKING:
    from twodesks.courses.models import Lesson


def _channels(actor: Actor) -> list[tuple[int, str]]:
    return [(channel.pk, str(channel)) for channel in postable_channels(actor)]


@require_http_methods(["GET", "POST"])
def new_course(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    asked = request.POST or request.GET
    # Whoever looks for another insight keeps what they have written and ticked so far.
    looking = "look" in request.POST
    written = {name: request.POST.get(name, "") for name in CourseForm.base_fields} if looking else None
    form = CourseForm(None if looking else request.POST or None, initial=written, channels=_channels(actor))
    chosen = ids_in(asked.getlist("insight"))
    if form.is_valid():
        try:
            course = create_course(actor=actor, insight_ids=chosen, **form.cleaned_data)
        except (Invalid, Denied) as problem:
            form.add_error(problem.field if problem.field in form.fields else None, problem.detail)
        else:
            return redirect("studio", course.pk)
    picked = insights_among(actor, chosen)
    wanted = asked.get("find", "").strip() if looking or request.method == "GET" else ""
    context = {
        "form": form,
        "picked": [picked[insight_id] for insight_id in chosen if insight_id in picked],
        "bank": [insight for insight in insights_to_use(actor, wanted) if insight.pk not in picked],
        "find": wanted,
    }
    return render(request, "courses/new.html", context, status=422 if form.errors else 200)


@require_GET
def studio(request: HttpRequest, course_id: int) -> HttpResponse:
    return _studio(request, member_actor(request), course_id, lesson=request.GET.get("lesson", ""))


def _studio(
    request: HttpRequest,
    actor: Actor,
    course_id: int,
    *,
    lesson: str = "",
    words: CourseForm | None = None,
    written: QuestionForm | None = None,
) -> HttpResponse:
    """The studio; with `words` or a question as somebody `written` them, where they could not be saved."""
    course = get_course(actor, course_id)
    may_change(actor, course).require()
    shown = studio_outline(actor, course)
    lesson_of = {row.lesson.insight_id: row.number for row in shown.lessons if row.lesson.insight_id}
    wanted = request.GET.get("find", "").strip()
    selected = next((row for row in shown.lessons if str(row.lesson.pk) == lesson), None)
    initial = {
        "title": course.title,
        "outcome": course.outcome,
        "audience": course.audience,
        "channel_id": course.channel_id,
    }
    context = {
        "course": course,
        "outline": shown,
        "bank": [(insight, lesson_of.get(insight.pk)) for insight in insights_to_use(actor, wanted)],
        "find": wanted,
        "into": int(into) if (into := request.GET.get("into", "")).isdecimal() else None,
        "selected": selected,
        "questions": _question_forms(selected.lesson, written) if selected and selected.lesson.kind == "quiz" else [],
        "new_question": written if written and written.pk is None else QuestionForm(),
        "form": words or CourseForm(initial=initial, channels=_channels(actor)),
        "quizzes": sum(row.lesson.kind == "quiz" for row in shown.lessons),
    }
    return render(request, "courses/studio.html", context, status=422 if words or written else 200)


def _question_forms(lesson: "Lesson", written: QuestionForm | None) -> list[QuestionForm]:
    forms = [QuestionForm.of(question) for question in questions_of(lesson)]
    return [written if written and written.pk == form.pk else form for form in forms]


@require_POST
def save_words(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    form = CourseForm(request.POST, channels=_channels(actor))
    if not form.is_valid():
        return _studio(request, actor, course_id, words=form)
    change_course(actor=actor, course_id=course_id, **form.cleaned_data)
    messages.success(request, "Saved.")
    return redirect("studio", course_id)


@require_POST
def arrange(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    version = ids_in([request.POST.get("version", "")])[0]
    course = arrange_course(
        actor=actor, course_id=course_id, version=version, order=order_in(request.POST.getlist("section"))
    )
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"version": course.version})
    return redirect("studio", course_id)


@require_POST
def move(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    """One step up or down with a plain button, over the border of sections too."""
    actor = member_actor(request)
    course = get_course(actor, course_id)
    shown = studio_outline(actor, course)
    order = [(entry.section.pk, [row.lesson.pk for row in entry.lessons]) for entry in shown.sections]
    place = next((i for i, (_, lessons) in enumerate(order) if lesson_id in lessons), None)
    if place is None:
        raise NotFound
    lessons = order[place][1]
    at = lessons.index(lesson_id)
    step = -1 if request.POST.get("to") == "up" else 1
    if 0 <= at + step < len(lessons):
        lessons[at], lessons[at + step] = lessons[at + step], lessons[at]
    elif 0 <= place + step < len(order):
        lessons.remove(lesson_id)
        order[place + step][1].insert(len(order[place + step][1]) if step < 0 else 0, lesson_id)
    arrange_course(actor=actor, course_id=course_id, version=course.version, order=order)
    return redirect(f"{request.path.rsplit('/lessons/', 1)[0]}/?lesson={lesson_id}")


@require_POST
def new_section(request: HttpRequest, course_id: int) -> HttpResponse:
    add_section(actor=member_actor(request), course_id=course_id, title=request.POST.get("title", ""))
    return redirect("studio", course_id)


@require_POST
def section(request: HttpRequest, course_id: int, section_id: int) -> HttpResponse:
    title = None if "remove" in request.POST else request.POST.get("title", "")
    change_section(actor=member_actor(request), course_id=course_id, section_id=section_id, title=title)
    return redirect("studio", course_id)


@require_POST
def new_lesson(request: HttpRequest, course_id: int) -> HttpResponse:
    insight = request.POST.get("insight")
    lesson = add_lesson(
        actor=member_actor(request),
        course_id=course_id,
        section_id=ids_in([request.POST.get("section", "")])[0],
        insight_id=ids_in([insight])[0] if insight else None,
        title=request.POST.get("title", ""),
    )
    return redirect(f"/courses/{course_id}/studio/?lesson={lesson.pk}&into={lesson.section_id}#lesson-{lesson.pk}")


@require_POST
def drop_lesson(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    try:
        remove_lesson(actor=member_actor(request), course_id=course_id, lesson_id=lesson_id)
    except Invalid as problem:
        messages.error(request, problem.detail)
    return redirect("studio", course_id)


@require_POST
def follow_update(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    take_update(actor=member_actor(request), course_id=course_id, lesson_id=lesson_id)
    messages.success(request, "The lesson teaches the current revision now.")
    return redirect(f"/courses/{course_id}/studio/?lesson={lesson_id}")


@require_POST
def question(request: HttpRequest, course_id: int, lesson_id: int) -> HttpResponse:
    actor = member_actor(request)
    back = redirect(f"/courses/{course_id}/studio/?lesson={lesson_id}")
    given = request.POST.get("question")
    question_id = ids_in([given])[0] if given else None
    if "remove" in request.POST and question_id is not None:
        remove_question(actor=actor, course_id=course_id, lesson_id=lesson_id, question_id=question_id)
        return back
    source = request.POST.get("insight")
    get_lesson(actor, get_course(actor, course_id), lesson_id)
    written = QuestionForm(
        pk=question_id,
        prompt=request.POST.get("prompt", ""),
        explanation=request.POST.get("explanation", ""),
        insight_id=ids_in([source])[0] if source else None,
        options=options_in(
            request.POST.getlist("option"), request.POST.getlist("right"), request.POST.getlist("feedback")
        ),
    )
    try:
        set_question(
            actor=actor,
            course_id=course_id,
            lesson_id=lesson_id,
            question_id=question_id,
            prompt=written.prompt,
            explanation=written.explanation,
            insight_id=written.insight_id,
            options=written.options,
        )
    except Invalid as problem:
        kept = replace(written, options=[one for one in written.options if one.text.strip()], problem=problem.detail)
        return _studio(request, actor, course_id, lesson=str(lesson_id), written=kept)
    return back


@require_POST
def publish(request: HttpRequest, course_id: int) -> HttpResponse:
    actor = member_actor(request)
    if "withdraw" in request.POST:
        withdraw_course(actor=actor, course_id=course_id)
        messages.success(request, "The course is taken back. Those in it keep their progress.")
        return redirect("studio", course_id)
    try:
        publish_course(actor=actor, course_id=course_id)
    except Invalid as problem:
        messages.error(request, problem.detail)
        return redirect("studio", course_id)
    messages.success(request, "Published. People can take it now.")
    return redirect("course", course_id)
