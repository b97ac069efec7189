"""Begin a course."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.models import Enrolment
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("courses.enrol")
def enrol(*, actor: Actor, course_id: int) -> Enrolment:
    """Any published course one sees; beginning twice goes on where one left. Raises `NotFound` or `Invalid`."""
    member_id = actor.require_member()
    course = get_course(actor, course_id)
    if course.published_at is None or course.withdrawn_at is not None:
        raise Invalid("This course is not published yet, so nobody can take it. Publish it first.")
    with transaction.atomic():
        enrolment, began = Enrolment.objects.get_or_create(course=course, member_id=member_id)
        if began:
            record_statement(
                actor=actor, verb="registered", object_type="course", object_id=course.pk, channel_id=course.channel_id
            )
    return enrolment
