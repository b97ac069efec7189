"""Take a lesson out of a course."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.operations.add_section import touch_outline
from twodesks.courses.queries import get_course, get_lesson
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("courses.remove_lesson")
def remove_lesson(*, actor: Actor, course_id: int, lesson_id: int) -> None:
    """Its maker and curators. The insight stays; learners lose only their tick on this lesson."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    lesson = get_lesson(actor, course, lesson_id)
    with transaction.atomic():
        touch_outline(course)
        lesson.delete()
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
