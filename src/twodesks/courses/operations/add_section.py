"""Add a section at the end of a course."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Course, Section
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.kit.words import clean_line


@operation("courses.add_section")
def add_section(*, actor: Actor, course_id: int, title: str) -> Section:
    """Its maker and curators. Raises `Invalid` for an empty or long title."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    title = checked_title(title)
    with transaction.atomic():
        touch_outline(course)
        last = course.sections.aggregate(last=Max("position"))["last"]
        section = Section.objects.create(course=course, title=title, position=0 if last is None else last + 1)
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return section


def checked_title(title: str) -> str:
    title = clean_line(title, most=120, field="title", refusal="Keep the title under 120 letters.")
    if not title:
        raise Invalid("Give it a title.", field="title")
    return title


def touch_outline(course: Course) -> None:
    """Count one more change of the outline, under a lock, so that two who arrange at once take turns."""
    locked = Course.objects.select_for_update().get(pk=course.pk)
    locked.version += 1
    locked.changed_at = timezone.now()
    locked.save(update_fields=["version", "changed_at"])
    course.version = locked.version
