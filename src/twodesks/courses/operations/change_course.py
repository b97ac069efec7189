"""Say what a course is called, what it teaches, for whom, and where it lives."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.courses import policies
from twodesks.courses.models import Course
from twodesks.courses.operations.publish_course import require_publishable
from twodesks.courses.queries import get_course
from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid


@operation("courses.change_course")
def change_course(
    *, actor: Actor, course_id: int, title: str, outcome: str = "", audience: str = "", channel_id: int | None = None
) -> Course:
    """Its maker and curators. Moving a published course to another channel checks its lessons again."""
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    if channel_id is not None and channel_id != course.channel_id:
        may_post(actor, get_channel(actor, channel_id)).require()
    for name, value in checked_words(title, outcome, audience).items():
        setattr(course, name, value)
    course.channel_id = channel_id
    course.changed_at = timezone.now()
    with transaction.atomic():
        if course.published_at is not None:
            require_publishable(actor, course)
        course.save(update_fields=["title", "slug", "outcome", "audience", "channel", "changed_at"])
        record_statement(actor=actor, verb="changed", object_type="course", object_id=course.pk, channel_id=channel_id)
    return course


def checked_words(title: str, outcome: str, audience: str) -> dict[str, str]:
    """The fields of a course's title page, trimmed. Raises `Invalid` with the field at fault."""
    title = one_line(title)
    if not title:
        raise Invalid("Give the course a title. It can be changed later.", field="title")
    limits = (("title", title, 200), ("outcome", outcome, 2000), ("audience", audience, 200))
    for name, value, limit in limits:
        if len(value) > limit:
            raise Invalid(f"Keep this under {limit} letters.", field=name)
    slug = slugify(title, allow_unicode=True)[:80]
    return {"title": title, "slug": slug, "outcome": outcome.strip(), "audience": audience.strip()}
