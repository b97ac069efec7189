"""Add a lesson to a course: an insight at its current revision, or a quiz."""

from django.db import transaction
from django.db.models import Max

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.engine import lesson_minutes
from twodesks.courses.models import Lesson, Section
from twodesks.courses.operations.add_section import checked_title, touch_outline
from twodesks.courses.operations.publish_course import require_ready
from twodesks.courses.queries import get_course
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("courses.add_lesson")
def add_lesson(*, actor: Actor, course_id: int, section_id: int, insight_id: int | None, title: str = "") -> Lesson:
    """At the end of a section. With an insight its current revision is pinned; without, an empty quiz begins, which
    learners see once it has a question.

    Raises `NotFound` for a section of another course or an insight the actor does not see, `Invalid` for an insight
    that is not kept yet, in the course already, or not for all who see a published course.
    """
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    with transaction.atomic():
        touch_outline(course)
        section = Section.objects.filter(course=course, pk=section_id).first()
        if section is None:
            raise NotFound
        last = section.lessons.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        if insight_id is None:
            lesson = Lesson.objects.create(
                section=section,
                kind=Lesson.Kind.QUIZ,
                title=checked_title(title or "Check yourself"),
                position=position,
                added_by_id=actor.require_member(),
            )
        else:
            lesson = pin_insight(actor, section, insight_id, position)
            if course.published_at is not None:
                require_ready(course, lesson)
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return lesson


def pin_insight(actor: Actor, section: Section, insight_id: int, position: int) -> Lesson:
    """A lesson on the insight's current revision. Raises as `add_lesson`."""
    insight = get_insight(actor, insight_id)
    if insight.current_revision_id is None:
        raise Invalid(f"“{insight}” is not kept yet. Keep it first, then it can be taught.", field="insight")
    if Lesson.objects.filter(section__course_id=section.course_id, insight=insight).exists():
        raise Invalid(f"“{insight}” is in this course already.", field="insight")
    return Lesson.objects.create(
        section=section,
        kind=Lesson.Kind.INSIGHT,
        title=insight.title,
        position=position,
        insight=insight,
        revision_id=insight.current_revision_id,
        estimated_minutes=lesson_minutes(insight.body),
        added_by_id=actor.require_member(),
    )
