"""Bring back a recording that was discarded."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.start_recording import defer_captions, defer_processing


@operation("recordings.restore_recording")
def restore_recording(*, actor: Actor, recording_id: int) -> Recording:
    """Undo `discard_recording`, for whoever discarded it and for its owner. Raises `NotFound` once it is purged."""
    member = actor.require_member()
    with transaction.atomic():
        recording = Recording.objects.select_for_update().filter(pk=recording_id).first()
        if recording is None or member not in (recording.owner_id, recording.discarded_by_id):
            raise NotFound
        if recording.discarded_at is None:
            return recording
        recording.discarded_at = None
        recording.discarded_by = None
        recording.save(update_fields=["discarded_at", "discarded_by"])
        record_statement(
            actor=actor,
            verb="restored",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
        )
        if recording.ended_at is not None:
            defer_captions(recording.pk)
            defer_processing(recording.pk)
    return recording
