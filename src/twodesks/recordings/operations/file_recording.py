"""Put a recording into a channel, or take it back to oneself."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings import policies
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.start_recording import check_channel
from twodesks.recordings.queries import get_recording


@operation("recordings.file_recording")
def file_recording(*, actor: Actor, recording_id: int, channel_id: int | None) -> Recording:
    """Whoever sees the channel sees it from now on; without a channel, its owner alone.

    Raises `NotFound` for a channel the actor may not know of, `Denied` when it is not theirs to move.
    """
    policies.may_change(actor, get_recording(actor, recording_id)).require()
    check_channel(actor, channel_id)
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_id)
        before = recording.channel_id
        if before == channel_id:
            return recording
        recording.channel_id = channel_id
        recording.save(update_fields=["channel"])
        record_statement(
            actor=actor,
            verb="filed",
            object_type="recording",
            object_id=recording.pk,
            channel_id=channel_id,
            context={"before_channel_id": before},
        )
    return recording
