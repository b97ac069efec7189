"""End recordings that nobody ended: the tab was closed, the machine went to sleep."""

from datetime import timedelta

from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.operations.discard_recording import discard_recording
from twodesks.recordings.operations.finish_recording import finish_recording
from twodesks.recordings.queries import visible_recordings

FINISHED_AFTER = timedelta(minutes=10)
FORGOTTEN_AFTER = timedelta(hours=1)
AT_ONCE = 200


@operation("recordings.finish_abandoned")
def finish_abandoned(*, actor: Actor) -> int:
    """Finish those without a piece for ten minutes with what is there; discard those that never got one.

    For the system. Returns how many were finished.
    """
    now = timezone.now()
    open_ones = visible_recordings(actor).filter(ended_at=None, upload__isnull=False)
    quiet = open_ones.filter(upload__received_bytes__gt=0, upload__last_piece_at__lt=now - FINISHED_AFTER)
    finished = list(quiet.values_list("pk", flat=True)[:AT_ONCE])
    for recording_id in finished:
        finish_recording(actor=actor, recording_id=recording_id)
    empty = open_ones.filter(upload__received_bytes=0, created_at__lt=now - FORGOTTEN_AFTER)
    for recording_id in list(empty.values_list("pk", flat=True)[:AT_ONCE]):
        discard_recording(actor=actor, recording_id=recording_id)
    return len(finished)
