"""Open a course to those who see its channel."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Course, Lesson
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("courses.publish_course")
def publish_course(*, actor: Actor, course_id: int) -> Course:
    """Its maker and curators. Raises `Invalid`, saying what is missing, and leaves it unpublished."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    with transaction.atomic():
        require_publishable(actor, course)
        course.published_at = course.published_at or timezone.now()
        course.published_by_id = actor.member_id
        course.withdrawn_at = course.withdrawn_by_id = None
        course.save(update_fields=["published_at", "published_by", "withdrawn_at", "withdrawn_by"])
        record_statement(
            actor=actor, verb="published", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return course


def require_publishable(actor: Actor, course: Course) -> None:
    """Raise `Invalid` unless it has something to learn, says what for, and every learner may see every lesson."""
    lessons = Lesson.objects.filter(section__course=course).select_related("insight__channel")
    if not any(lesson.kind == Lesson.Kind.INSIGHT for lesson in lessons):
        raise Invalid("A course needs at least one lesson. Add an insight to it first.")
    if not course.outcome:
        raise Invalid("Say what people will be able to do after it. That is what they decide by.", field="outcome")
    for lesson in lessons:
        require_ready(course, lesson)


def require_ready(course: Course, lesson: Lesson) -> None:
    """Raise `Invalid` unless every learner of a published course can take this lesson."""
    if lesson.kind == Lesson.Kind.QUIZ:
        if not lesson.questions.exists():
            raise Invalid(f"The quiz “{lesson.title}” has no questions yet. Add one, or take the quiz out.")
        return
    insight = lesson.insight
    if insight is None or insight.published_at is None or insight.withdrawn_at is not None or insight.channel is None:
        raise Invalid(f"“{lesson.title}” is not kept yet. Keep the insight first, or take the lesson out.")
    if insight.channel.is_private and insight.channel_id != course.channel_id:
        raise Invalid(
            f"“{lesson.title}” lives in a private channel, and this course would show it to others. "
            "Put the course into that channel, or take the lesson out."
        )
