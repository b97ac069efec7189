"""End a recording: what has arrived is all of it, and it is made ready to watch and read."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.media.operations.finish_upload import finish_upload
from twodesks.recordings import policies
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.start_recording import defer_captions, defer_processing
from twodesks.recordings.queries import get_recording

LONGEST_MS = 24 * 3600 * 1000


@operation("recordings.finish_recording")
def finish_recording(*, actor: Actor, recording_id: int, duration_ms: int | None = None) -> Recording:
    """Settle its length and defer its processing. Safe to repeat: a finished recording stays as it is.

    `duration_ms` is what the browser counted; probing puts the true one in its place. The system may finish any
    recording, so that one whose tab was closed is not lost.
    """
    policies.may_change(actor, get_recording(actor, recording_id)).require()
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_id)
        if recording.ended_at is not None:
            return recording
        if recording.upload_id is None:
            raise NotFound
        finish_upload(actor=actor, upload_id=recording.upload_id)
        recording.ended_at = timezone.now()
        if duration_ms is not None and 0 < duration_ms < LONGEST_MS:
            recording.duration_ms = duration_ms
        recording.save(update_fields=["ended_at", "duration_ms"])
        record_statement(
            actor=actor,
            verb="recorded",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            result={"duration_ms": recording.duration_ms},
        )
        # The captions that follow the recording may be waiting for more of it; this one does not wait.
        defer_captions(recording.pk)
        defer_processing(recording.pk)
    return recording
