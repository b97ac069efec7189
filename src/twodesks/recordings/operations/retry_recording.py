"""Try once more what failed."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings import policies
from twodesks.recordings.models import ProcessingStep, Recording
from twodesks.recordings.operations.start_recording import defer_captions, defer_processing
from twodesks.recordings.queries import get_recording


@operation("recordings.retry_recording")
def retry_recording(*, actor: Actor, recording_id: int) -> Recording:
    """Open the failed steps again; what had finished is not done again. Raises `Invalid` when nothing has failed."""
    recording = get_recording(actor, recording_id)
    policies.may_change(actor, recording).require()
    with transaction.atomic():
        reopened = ProcessingStep.objects.filter(recording=recording).exclude(failed_at=None)
        if not reopened.update(failed_at=None, failure="", progress=0, started_at=None):
            raise Invalid("Nothing has failed here, so there is nothing to try again.")
        if recording.captions_id is None:
            ProcessingStep.objects.filter(recording=recording, name="structure").update(
                finished_at=None, started_at=None
            )
        defer_captions(recording.pk)
        defer_processing(recording.pk)
        record_statement(
            actor=actor,
            verb="retried",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
        )
    return recording
