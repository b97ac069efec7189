"""Throw a recording away, at its owner's word."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings import policies
from twodesks.recordings.models import Recording
from twodesks.recordings.queries import get_recording


@operation("recordings.discard_recording")
def discard_recording(*, actor: Actor, recording_id: int) -> None:
    """Nobody sees it from now on. Its bytes stay until they are purged: `restore_recording` can bring it back."""
    policies.may_change(actor, get_recording(actor, recording_id)).require()
    with transaction.atomic():
        recording = Recording.objects.select_for_update().get(pk=recording_id)
        if recording.discarded_at is not None:
            return
        recording.discarded_at = timezone.now()
        recording.discarded_by_id = actor.member_id
        recording.save(update_fields=["discarded_at", "discarded_by"])
        record_statement(
            actor=actor,
            verb="discarded",
            object_type="recording",
            object_id=recording.pk,
            channel_id=recording.channel_id,
        )
