"""Tick off a lesson; the last one completes the course."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.models import Course, Enrolment, Lesson, LessonProgress
from twodesks.courses.queries import get_course, get_lesson, learnable
from twodesks.insights.queries import get_insight, visible_insights
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("courses.finish_lesson")
def finish_lesson(*, actor: Actor, course_id: int, lesson_id: int) -> Enrolment:
    """Learners of the course. A quiz is finished by passing it. Finishing twice changes nothing.

    Raises `Invalid` for a quiz, `NotFound` unless enrolled and the lesson's insight is shared with the learner.
    """
    course = get_course(actor, course_id)
    lesson = get_lesson(actor, course, lesson_id)
    if lesson.kind == Lesson.Kind.QUIZ:
        raise Invalid("A quiz is finished by passing it.")
    if lesson.insight_id is not None:
        get_insight(actor, lesson.insight_id)
    enrolment = Enrolment.objects.filter(course=course, member_id=actor.member_id or 0).first()
    if enrolment is None:
        raise NotFound("Begin the course first; then your progress is kept.")
    with transaction.atomic():
        tick(actor, course, enrolment, lesson)
    return enrolment


def tick(actor: Actor, course: Course, enrolment: Enrolment, lesson: Lesson) -> None:
    """Finish a lesson inside the caller's transaction, and the course when it was the last."""
    now = timezone.now()
    progress, _ = LessonProgress.objects.select_for_update().get_or_create(enrolment=enrolment, lesson=lesson)
    if progress.finished_at is None:
        progress.finished_at = now
        record_statement(
            actor=actor, verb="completed", object_type="lesson", object_id=lesson.pk, channel_id=course.channel_id
        )
    progress.revision_id = lesson.revision_id
    progress.save(update_fields=["finished_at", "revision"])
    enrolment.active_at = now
    enrolment.save(update_fields=["active_at"])
    complete_if_done(actor, course, enrolment)


def complete_if_done(learner: Actor, course: Course, enrolment: Enrolment) -> None:
    """Complete the course, inside the caller's transaction, when the learner has no lesson before them any more."""
    if enrolment.completed_at is not None:
        return
    reachable = learnable(course).filter(Q(insight=None) | Q(insight__in=visible_insights(learner)))
    if reachable.exclude(progress__enrolment=enrolment, progress__finished_at__isnull=False).exists():
        return
    enrolment.completed_at = timezone.now()
    enrolment.save(update_fields=["completed_at"])
    record_statement(
        actor=learner, verb="completed", object_type="course", object_id=course.pk, channel_id=course.channel_id
    )
