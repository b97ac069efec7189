"""Come to a lesson, so that one can go on from there later."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.models import Enrolment, LessonProgress
from twodesks.courses.queries import get_course, get_lesson
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("courses.open_lesson")
def open_lesson(*, actor: Actor, course_id: int, lesson_id: int) -> None:
    """Remembers where a learner is. Changes nothing for somebody who only looks in without being enrolled."""
    course = get_course(actor, course_id)
    lesson = get_lesson(actor, course, lesson_id)
    with transaction.atomic():
        enrolment = Enrolment.objects.filter(course=course, member_id=actor.member_id or 0).first()
        if enrolment is None:
            return
        enrolment.current_lesson = lesson
        enrolment.active_at = timezone.now()
        enrolment.save(update_fields=["current_lesson", "active_at"])
        _, began = LessonProgress.objects.get_or_create(
            enrolment=enrolment, lesson=lesson, defaults={"revision_id": lesson.revision_id}
        )
        if began:
            record_statement(
                actor=actor, verb="initialized", object_type="lesson", object_id=lesson.pk, channel_id=course.channel_id
            )
