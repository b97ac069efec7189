"""Make a finished recording ready to watch: take it in, look at it, render it."""

from django.db import transaction

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.operations.delete_file import delete_file
from twodesks.media.operations.keep_upload import keep_upload
from twodesks.media.operations.probe_file import probe_file
from twodesks.media.operations.render_file import render_file
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.run_step import fail_open_steps, has_finished, running_step
from twodesks.recordings.queries import get_recording

NOT_PLAYABLE = "There is nothing to prepare, since the file cannot be played. It is kept as it came."


@operation("recordings.process_recording")
def process_recording(*, actor: Actor, recording_id: int) -> None:
    """Go through the steps that are not done yet; each ends finished or failed, with words for the owner.

    The original can be watched once `probe` has finished, where browsers play it; the rendition follows.
    """
    recording = get_recording(actor, recording_id)
    if recording.ended_at is None:  # it was reopened, and is gone through once it ends again
        return
    with running_step(recording, "receive") as step:
        if step is not None:
            _receive(actor, recording)
    if not has_finished(recording, "receive"):
        return
    if _was_reopened(recording):
        return
    with running_step(recording, "probe") as step:
        if step is not None:
            _probe(actor, recording)
    if not has_finished(recording, "probe"):
        fail_open_steps(recording.pk, ("render",), NOT_PLAYABLE)
        return
    with running_step(recording, "render") as step:
        if step is not None and recording.media_file_id is not None:
            render_file(actor=actor, file_id=recording.media_file_id, on_progress=step.progress)
    defer_job("recordings.illustrate", once=f"illustrate:{recording.pk}", recording_id=recording.pk)


def _was_reopened(recording: Recording) -> bool:
    """Reads the row anew: its file is there by now."""
    recording.refresh_from_db()
    return recording.ended_at is None


def _receive(actor: Actor, recording: Recording) -> None:
    if recording.upload_id is None:
        return
    with transaction.atomic():
        locked = Recording.objects.select_for_update().get(pk=recording.pk)
        before = locked.media_file_id
        locked.media_file = keep_upload(actor=actor, upload_id=recording.upload_id)
        locked.save(update_fields=["media_file"])
        if before not in (None, locked.media_file_id):
            delete_file(actor=actor, file_id=before)


def _probe(actor: Actor, recording: Recording) -> None:
    if recording.media_file_id is None:
        return
    file = probe_file(actor=actor, file_id=recording.media_file_id)
    recording.duration_ms = file.duration_ms
    recording.save(update_fields=["duration_ms"])
