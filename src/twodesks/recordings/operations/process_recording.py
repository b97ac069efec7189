"""Make a finished recording ready to watch: take it in, look at it, render it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Problem
from twodesks.media.operations.keep_upload import keep_upload
from twodesks.recordings.models import ProcessingStep, Recording
from twodesks.recordings.queries import get_recording


@operation("recordings.process_recording")
def process_recording(*, actor: Actor, recording_id: int) -> None:
    """Go through the steps that are not done yet; each ends finished or failed, with words for the owner."""
    recording = get_recording(actor, recording_id)
    with running_step(recording, "receive") as step:
        if step is not None:
            _receive(actor, recording)


def _receive(actor: Actor, recording: Recording) -> None:
    if recording.upload_id is None:
        return
    with transaction.atomic():
        recording.media_file = keep_upload(actor=actor, upload_id=recording.upload_id)
        recording.save(update_fields=["media_file"])


@contextmanager
def running_step(recording: Recording, name: str) -> Iterator[ProcessingStep | None]:
    """Mark a step as running, then as finished; or as failed with the words of the problem. None when it has ended."""
    step = ProcessingStep.objects.get(recording=recording, name=name)
    if step.finished_at or step.failed_at:
        yield None
        return
    step.started_at = timezone.now()
    step.save(update_fields=["started_at"])
    try:
        yield step
    except Problem as problem:
        step.failed_at = timezone.now()
        step.failure = problem.detail
        step.save(update_fields=["failed_at", "failure"])
    else:
        step.finished_at = timezone.now()
        step.progress = 1
        step.save(update_fields=["finished_at", "progress"])
