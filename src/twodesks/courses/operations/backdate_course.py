"""Say that a course, and how people went through it, is older than the rows do: for what is loaded."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.models import Attempt, Course, Enrolment, Lesson, LessonProgress
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("courses.backdate_course")
def backdate_course(
    *,
    actor: Actor,
    course_id: int,
    published_at: datetime,
    learners: Mapping[int, tuple[datetime, datetime]] | None = None,
) -> None:
    """`learners`: when each member began and was last there; their lessons are spread evenly between the two.

    The system only. The ledger keeps when it was really written.
    """
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        course = Course.objects.get(pk=course_id)
        course.created_at = course.changed_at = course.published_at = published_at
        course.save(update_fields=["created_at", "changed_at", "published_at"])
        Lesson.objects.filter(section__course=course).update(added_at=published_at)
        for enrolment in Enrolment.objects.filter(course=course, member_id__in=learners or {}):
            began, active = (learners or {})[enrolment.member_id]
            _backdate_enrolment(enrolment, began, active)
        record_statement(
            actor=actor, verb="backdated", object_type="course", object_id=course_id, channel_id=course.channel_id
        )


def _backdate_enrolment(enrolment: Enrolment, began: datetime, active: datetime) -> None:
    enrolment.enrolled_at, enrolment.active_at = began, active
    enrolment.completed_at = active if enrolment.completed_at else None
    enrolment.save(update_fields=["enrolled_at", "active_at", "completed_at"])
    steps = list(
        LessonProgress.objects.filter(enrolment=enrolment).order_by("lesson__section__position", "lesson__position")
    )
    pace = (active - began) / max(len(steps), 1)
    for number, step in enumerate(steps, start=1):
        step.started_at = began + pace * (number - 1)
        step.finished_at = began + pace * number if step.finished_at else None
        step.save(update_fields=["started_at", "finished_at"])
        for tries, attempt in enumerate(
            Attempt.objects.filter(enrolment=enrolment, lesson=step.lesson_id).order_by("-pk")
        ):
            attempt.tried_at = began + pace * number - timedelta(minutes=7 * tries)
            attempt.save(update_fields=["tried_at"])
