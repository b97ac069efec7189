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

    For the system. Returns how many are gone: at most `AT_ONCE`, the oldest first.
    """
    before = timezone.now() - timedelta(seconds=settings.UPLOAD_KEEP_SECONDS)
    gone = 0
    due = Recording.objects.filter(discarded_at__lt=before)
    # Not the first so many of them: those that are held on to would stand before all others for ever.
    for recording_id in list(due.order_by("discarded_at", "pk").values_list("pk", flat=True)):
        if gone == AT_ONCE:
            break
        try:
            with transaction.atomic():
                gone += _purge(actor, due.select_for_update(of=("self",)).filter(pk=recording_id).first())
        except ProtectedError:
            continue
    return gone


def _purge(actor: Actor, recording: Recording | None) -> int:
    if recording is None:
        return 0  # restored meanwhile
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
    return 1
