"""Take a course back; those in it keep their progress for when it returns."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Course
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("courses.withdraw_course")
def withdraw_course(*, actor: Actor, course_id: int) -> Course:
    """Its maker and curators."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    course.withdrawn_at = timezone.now()
    course.withdrawn_by_id = actor.member_id
    with transaction.atomic():
        course.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_statement(
            actor=actor, verb="withdrew", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return course
