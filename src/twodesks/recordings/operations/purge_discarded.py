"""Remove for good what was discarded a while ago."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.operations.delete_file import delete_file
from twodesks.recordings.models import Recording

AT_ONCE = 100


@operation("recordings.purge_discarded")
def purge_discarded(*, actor: Actor) -> int:
    """Rows and bytes of recordings discarded a week ago; one that something else holds on to is left alone.

    For the system. Returns how many are gone.
    """
    before = timezone.now() - timedelta(seconds=settings.UPLOAD_KEEP_SECONDS)
    gone = 0
    for recording in Recording.objects.filter(discarded_at__lt=before).order_by("discarded_at")[:AT_ONCE]:
        try:
            with transaction.atomic():
                _purge(actor, recording)
        except ProtectedError:
            continue
        gone += 1
    return gone


def _purge(actor: Actor, recording: Recording) -> None:
    recording_id, file_id, upload_id = recording.pk, recording.media_file_id, recording.upload_id
    recording.delete()
    delete_file(actor=actor, file_id=file_id, upload_id=upload_id)
    record_statement(
        actor=actor,
        verb="purged",
        object_type="recording",
        object_id=recording_id,
        channel_id=recording.channel_id,
    )
