"""Begin a course, from insights or empty."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.courses.models import Course, Section
from twodesks.courses.operations.add_lesson import pin_insight
from twodesks.courses.operations.change_course import checked_words
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation

FIRST_SECTION = "Start here"


@operation("courses.create_course")
def create_course(
    *,
    actor: Actor,
    title: str,
    outcome: str = "",
    audience: str = "",
    channel_id: int | None = None,
    insight_ids: Sequence[int] = (),
) -> Course:
    """An unpublished course whose first section has one lesson an insight, in the order given.

    Raises `Invalid` for a bad title, `NotFound` for an insight or channel the actor does not see.
    """
    maker = actor.require_member()
    if channel_id is not None:
        may_post(actor, get_channel(actor, channel_id)).require()
    with transaction.atomic():
        course = Course.objects.create(
            **checked_words(title, outcome, audience), channel_id=channel_id, created_by_id=maker
        )
        section = Section.objects.create(course=course, title=FIRST_SECTION, position=0)
        for position, insight_id in enumerate(insight_ids):
            pin_insight(actor, section, insight_id, position)
        record_statement(actor=actor, verb="created", object_type="course", object_id=course.pk, channel_id=channel_id)
    return course
