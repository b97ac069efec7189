"""Reads about courses."""

from django.db.models import QuerySet

from twodesks.courses import policies
from twodesks.courses.models import Course
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound


def visible_courses(actor: Actor) -> QuerySet[Course]:
    return Course.objects.filter(policies.visible_to(actor))


def get_course(actor: Actor, course_id: int) -> Course:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = visible_courses(actor).filter(pk=course_id).first()
    if found is None:
        raise NotFound
    return found
