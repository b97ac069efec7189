"""End recordings that nobody ended: the tab was closed, the machine went to sleep."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Problem
from twodesks.recordings.operations.discard_recording import discard_recording
from twodesks.recordings.operations.finish_recording import finish_recording
from twodesks.recordings.queries import visible_recordings

FINISHED_AFTER = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(hours=1)
AT_ONCE = 200

log = structlog.get_logger("twodesks.recordings")


@operation("recordings.finish_abandoned")
def finish_abandoned(*, actor: Actor) -> int:
    """Finish those without a piece for ten minutes with what is there; discard those that never got one, or lost it.

    For the system. Returns how many were finished. One that cannot be finished is logged, and holds up no other.
    """
    now = timezone.now()
    open_ones = visible_recordings(actor).filter(ended_at=None, upload__isnull=False).order_by("pk")
    quiet = open_ones.filter(
        upload__discarded_at=None, upload__received_bytes__gt=0, upload__last_piece_at__lt=now - FINISHED_AFTER
    )
    finished = _each(actor, finish_recording, quiet.values_list("pk", flat=True)[:AT_ONCE])
    nothing_there = Q(upload__received_bytes=0) | Q(upload__discarded_at__isnull=False)
    empty = open_ones.filter(nothing_there, created_at__lt=now - FORGOTTEN_AFTER)
    _each(actor, discard_recording, empty.values_list("pk", flat=True)[:AT_ONCE])
    return finished


def _each(actor: Actor, end: Callable[..., object], recording_ids: Iterable[int]) -> int:
    done = 0
    for recording_id in list(recording_ids):
        try:
            end(actor=actor, recording_id=recording_id)
        except Problem as problem:
            log.warning("abandoned_recording_left", recording_id=recording_id, code=problem.code, why=problem.detail)
        else:
            done += 1
    return done
