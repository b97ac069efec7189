"""Rename a section, or take it out when it is empty."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Section
from twodesks.courses.operations.add_section import checked_title, touch_outline
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("courses.change_section")
def change_section(*, actor: Actor, course_id: int, section_id: int, title: str | None) -> None:
    """Without a title the section is taken out, which needs it to be empty. Its maker and curators."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    with transaction.atomic():
        touch_outline(course)
        section = Section.objects.filter(course=course, pk=section_id).first()
        if section is None:
            raise NotFound
        if title is not None:
            section.title = checked_title(title)
            section.save(update_fields=["title"])
        elif section.lessons.exists():
            raise Invalid("Move or take out its lessons first; then the section can go.")
        else:
            section.delete()
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
