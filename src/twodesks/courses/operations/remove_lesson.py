"""Take a lesson out of a course."""

from django.db import transaction
from django.db.models import Exists, OuterRef

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Course, Enrolment, Lesson, LessonProgress
from twodesks.courses.operations.add_section import touch_outline
from twodesks.courses.operations.finish_lesson import complete_if_done
from twodesks.courses.queries import get_course, get_lesson
from twodesks.kit.actor import Actor, Door
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("courses.remove_lesson")
def remove_lesson(*, actor: Actor, course_id: int, lesson_id: int) -> None:
    """Its maker and curators. The insight stays; learners lose only their tick on this lesson.

    Whoever had only this lesson before them has completed the course. Raises `Invalid` for the only insight of a
    published course.
    """
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    lesson = get_lesson(actor, course, lesson_id)
    with transaction.atomic():
        touch_outline(course)
        lesson.delete()
        taught = Lesson.objects.filter(section__course=course, kind=Lesson.Kind.INSIGHT)
        if course.published_at is not None and course.withdrawn_at is None and not taught.exists():
            raise Invalid("A published course keeps one lesson. Add another first, or take the course back.")
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
        _complete_who_is_done(course, actor.door)


def _complete_who_is_done(course: Course, door: Door) -> None:
    """Asks one learner after the other, since what each may see differs, but only those who come into question."""
    ticks = LessonProgress.objects.filter(enrolment=OuterRef("pk"), finished_at__isnull=False)
    begun = Enrolment.objects.filter(Exists(ticks), course=course, completed_at=None)
    for enrolment in begun.select_related("member").select_for_update(of=("self",)):
        complete_if_done(enrolment.member.as_actor(door), course, enrolment)
