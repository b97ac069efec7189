"""Put the sections and lessons of a course in order."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.models import Course, Lesson, Section
from twodesks.courses.operations.add_section import touch_outline
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid


@operation("courses.arrange_course")
def arrange_course(*, actor: Actor, course_id: int, version: int, order: Sequence[tuple[int, Sequence[int]]]) -> Course:
    """`order`: each section's id with the ids of its lessons, all of them, in the order wanted.

    Raises `Conflict` when somebody arranged it since `version`, and `Invalid` unless `order` names every section and
    lesson of the course exactly once.
    """
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    with transaction.atomic():
        locked = Course.objects.select_for_update().get(pk=course.pk)
        if locked.version != version:
            raise Conflict(
                "Somebody else has just arranged this course. Load the page again to see how; nothing of it is lost.",
                version=locked.version,
            )
        sections = {section.pk: section for section in Section.objects.filter(course=course)}
        lessons = {lesson.pk: lesson for lesson in Lesson.objects.filter(section__course=course)}
        named = [lesson_id for _, lesson_ids in order for lesson_id in lesson_ids]
        if sorted(section_id for section_id, _ in order) != sorted(sections) or sorted(named) != sorted(lessons):
            raise Invalid("The order has to name every section and every lesson once.")
        for section_position, (section_id, lesson_ids) in enumerate(order):
            sections[section_id].position = section_position
            for position, lesson_id in enumerate(lesson_ids):
                lessons[lesson_id].section_id = section_id
                lessons[lesson_id].position = position
        Section.objects.bulk_update(sections.values(), ["position"])
        Lesson.objects.bulk_update(lessons.values(), ["position", "section"])
        touch_outline(course)
        record_statement(
            actor=actor, verb="arranged", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return course
