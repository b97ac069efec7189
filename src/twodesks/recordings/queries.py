"""Reads about recordings."""

from django.db.models import QuerySet

from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.recordings import policies
from twodesks.recordings.models import Recording


def visible_recordings(actor: Actor) -> QuerySet[Recording]:
    return Recording.objects.filter(policies.visible_to(actor))


def get_recording(actor: Actor, recording_id: int) -> Recording:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = visible_recordings(actor).filter(pk=recording_id).first()
    if found is None:
        raise NotFound
    return found
