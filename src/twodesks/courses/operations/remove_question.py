"""Take a question out of a quiz."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.engine import quiz_minutes
from twodesks.courses.queries import get_course, get_lesson
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("courses.remove_question")
def remove_question(*, actor: Actor, course_id: int, lesson_id: int, question_id: int) -> None:
    """Its maker and curators. A published course keeps at least one question a quiz."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    lesson = get_lesson(actor, course, lesson_id)
    with transaction.atomic():
        removed, _ = lesson.questions.filter(pk=question_id).delete()
        if not removed:
            raise NotFound
        if course.published_at is not None and not lesson.questions.exists():
            raise Invalid("A quiz of a published course keeps one question. Take the whole quiz out instead.")
        lesson.estimated_minutes = quiz_minutes(lesson.questions.count())
        lesson.save(update_fields=["estimated_minutes"])
        record_statement(
            actor=actor, verb="updated", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
