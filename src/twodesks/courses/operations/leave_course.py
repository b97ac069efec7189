"""Stop taking a course."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.models import Enrolment
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound


@operation("courses.leave_course")
def leave_course(*, actor: Actor, course_id: int) -> None:
    """Takes one's enrolment and progress away; a completed course stays completed. Raises `NotFound`."""
    course = get_course(actor, course_id)
    with transaction.atomic():
        left, _ = Enrolment.objects.filter(course=course, member_id=actor.member_id or 0, completed_at=None).delete()
        if not left:
            raise NotFound
        record_statement(
            actor=actor, verb="left", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
