"""Make a recording of a file that somebody dropped in."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict
from twodesks.media.queries import get_upload
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.start_recording import (
    MAX_TITLE,
    add_steps,
    check_channel,
    checked_title,
    defer_captions,
    defer_processing,
)


@operation("recordings.take_uploaded_file")
def take_uploaded_file(*, actor: Actor, upload_id: UUID, title: str = "", channel_id: int | None = None) -> Recording:
    """Turn a complete upload into a recording and defer its processing. Safe to repeat: one upload, one recording.

    Raises `Conflict` while pieces are missing.
    """
    upload = get_upload(actor, upload_id)
    title = checked_title(title) or checked_title(_title_from(upload.filename))
    check_channel(actor, channel_id)
    if upload.finished_at is None:
        raise Conflict(
            "Part of this file is still on its way. Wait until all of it has arrived.", offset=upload.received_bytes
        )
    with transaction.atomic():
        recording, is_new = Recording.objects.get_or_create(
            upload=upload,
            defaults={
                "title": title,
                "kind": Recording.Kind.FILE,
                "owner_id": actor.require_member(),
                "channel_id": channel_id,
                "ended_at": timezone.now(),
            },
        )
        if not is_new:
            return recording
        add_steps(recording)
        record_statement(
            actor=actor,
            verb="recorded",
            object_type="recording",
            object_id=recording.pk,
            channel_id=channel_id,
            context={"kind": "file"},
        )
        defer_captions(recording.pk)
        defer_processing(recording.pk)
    return recording


def _title_from(filename: str) -> str:
    stem = filename.rpartition(".")[0] or filename
    return stem.replace("_", " ")[:MAX_TITLE]
