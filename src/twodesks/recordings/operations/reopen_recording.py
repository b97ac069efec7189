"""Go on with a recording that was ended while its browser was away."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict
from twodesks.media.operations.reopen_upload import reopen_upload
from twodesks.recordings import policies
from twodesks.recordings.models import ProcessingStep, Recording
from twodesks.recordings.operations.start_recording import add_steps, defer_captions
from twodesks.recordings.queries import get_recording


@operation("recordings.reopen_recording")
def reopen_recording(*, actor: Actor, recording_id: int) -> Recording:
    """Let the rest of it come: its upload grows again, and every step is gone through anew once it ends. Repeatable.

    What can be watched of it stays until the whole takes its place. Raises `Conflict` for a file, which came whole.
    """
    policies.may_change(actor, get_recording(actor, recording_id)).require()
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_id)
        if recording.ended_at is None:
            return recording
        if recording.kind == Recording.Kind.FILE or recording.upload_id is None:
            raise Conflict("This came as one file, and all of it is here; nothing more can be added to it.")
        reopen_upload(actor=actor, upload_id=recording.upload_id)
        recording.ended_at = None
        recording.captions = recording.chapters = None
        recording.save(update_fields=["ended_at", "captions", "chapters"])
        # New rows: a job that is at work on what had come notices that its step is gone, and leaves the new one alone.
        ProcessingStep.objects.filter(recording=recording).delete()
        add_steps(recording)
        record_statement(
            actor=actor,
            verb="resumed",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
        )
        defer_captions(recording.pk)
    return recording
