"""Let a lesson follow its insight to the current revision."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.engine import lesson_minutes
from twodesks.courses.models import Lesson
from twodesks.courses.queries import get_course, get_lesson
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("courses.take_update")
def take_update(*, actor: Actor, course_id: int, lesson_id: int) -> Lesson:
    """Its maker and curators. Learners who finished the lesson keep their tick and are shown that it changed."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    lesson = get_lesson(actor, course, lesson_id)
    if lesson.insight_id is None:
        raise NotFound
    insight = get_insight(actor, lesson.insight_id)
    lesson.revision_id = insight.current_revision_id
    lesson.title = insight.title
    lesson.estimated_minutes = lesson_minutes(insight.body)
    with transaction.atomic():
        lesson.save(update_fields=["revision", "title", "estimated_minutes"])
        record_statement(
            actor=actor, verb="updated", object_type="course", object_id=course.pk, channel_id=course.channel_id,
            context={"lesson_id": lesson.pk},
        )  # fmt: skip
    return lesson
