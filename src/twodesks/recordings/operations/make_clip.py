"""Cut a clip: a stretch of a recording with a name."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings.models import Clip
from twodesks.recordings.operations.start_recording import checked_title
from twodesks.recordings.queries import get_recording

SHORTEST_MS = 500


@operation("recordings.make_clip")
def make_clip(*, actor: Actor, recording_id: int, start_ms: int, end_ms: int, title: str) -> Clip:
    """Whoever sees a recording can cut clips of it. Raises `NotFound`, or `Invalid` for an empty or outer stretch."""
    recording = get_recording(actor, recording_id)
    title = checked_title(title)
    if not title:
        raise Invalid("Give the clip a title.", field="title")
    if start_ms < 0 or end_ms - start_ms < SHORTEST_MS:
        raise Invalid("A clip ends half a second after it begins, or later.", field="end_ms")
    if recording.duration_ms is not None:
        if start_ms >= recording.duration_ms:
            raise Invalid("This is after the end of the recording.", field="start_ms")
        end_ms = min(end_ms, recording.duration_ms)
    with transaction.atomic():
        clip = Clip.objects.create(
            recording=recording, start_ms=start_ms, end_ms=end_ms, title=title, made_by_id=actor.require_member()
        )
        record_statement(
            actor=actor,
            verb="clipped",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            result={"clip_id": clip.pk, "start_ms": start_ms, "end_ms": end_ms},
        )
    return clip
