"""Give a recording another title."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings import policies
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.start_recording import checked_title
from twodesks.recordings.queries import get_recording


@operation("recordings.rename_recording")
def rename_recording(*, actor: Actor, recording_id: int, title: str) -> Recording:
    """Its owner's title, which no suggestion overwrites. Raises `Invalid` when it is empty or too long."""
    policies.may_change(actor, get_recording(actor, recording_id)).require()
    title = checked_title(title)
    if not title:
        raise Invalid("Give the recording a title, so that others can find it.", field="title")
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_id)
        before = recording.title
        if before == title:
            return recording
        recording.title = title
        recording.save(update_fields=["title"])
        record_statement(
            actor=actor,
            verb="renamed",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
            context={"before": before},
        )
    return recording
