"""Say that an upload of unknown length is whole: what has arrived is all there is."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid, NotFound
from twodesks.media.models import Upload
from twodesks.media.queries import own_uploads


@operation("media.finish_upload")
def finish_upload(*, actor: Actor, upload_id: UUID) -> Upload:
    """Settle the length at what is there. Safe to repeat.

    Raises `Invalid` when nothing has arrived, `Conflict` when pieces of an announced length are still missing. The
    system waits for those no longer: it finishes what nobody has sent anything to for a while.
    """
    with transaction.atomic():
        upload = own_uploads(actor).select_for_update().filter(pk=upload_id).first()
        if upload is None:
            raise NotFound
        if upload.finished_at is not None:
            return upload
        if not upload.received_bytes:
            raise Invalid("Nothing has reached the server yet. Check the microphone or the file, and try again.")
        is_short = upload.total_bytes is not None and upload.total_bytes != upload.received_bytes
        if is_short and not actor.is_system:
            raise Conflict(
                "Part of this file is still on its way. Wait until all of it has arrived.",
                offset=upload.received_bytes,
            )
        upload.total_bytes = upload.received_bytes
        upload.finished_at = timezone.now()
        upload.save(update_fields=["total_bytes", "finished_at"])
    return upload
