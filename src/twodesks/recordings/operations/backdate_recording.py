"""Say that a recording is older than the row does: for what is loaded, such as the demo."""

from datetime import datetime

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.recordings.models import CaptionTrack, Recording


@operation("recordings.backdate_recording")
def backdate_recording(*, actor: Actor, recording_id: int, recorded_at: datetime) -> None:
    """Its captions and chapters were made then, too. The system only; the ledger keeps when it was really written."""
    if not actor.is_system:
        raise Denied("Only the server itself moves what was loaded to its own time.")
    with transaction.atomic():
        recording = Recording.objects.get(pk=recording_id)
        recording.created_at = recording.ended_at = recorded_at
        recording.save(update_fields=["created_at", "ended_at"])
        CaptionTrack.objects.filter(recording=recording).update(made_at=recorded_at)
        record_statement(
            actor=actor,
            verb="backdated",
            object_type="recording",
            object_id=recording_id,
            channel_id=recording.channel_id,
        )
