"""Throw an upload away, at its owner's word."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict
from twodesks.media.queries import get_upload, own_uploads, staging_path


@operation("media.discard_upload")
def discard_upload(*, actor: Actor, upload_id: UUID) -> None:
    """Remove what has arrived.

    Raises `Conflict` once it has become a file or a recording is made of it: it is discarded with what it belongs to.
    """
    get_upload(actor, upload_id)
    with transaction.atomic():
        upload = own_uploads(actor).select_for_update().get(pk=upload_id)
        if hasattr(upload, "media_file"):
            raise Conflict("This upload is a file by now. Discard the recording it belongs to.")
        if hasattr(upload, "recording"):
            raise Conflict(
                "A recording is being made of this. Discard the recording, and what has arrived goes with it."
            )
        upload.discarded_at = timezone.now()
        upload.save(update_fields=["discarded_at"])
        transaction.on_commit(lambda: staging_path(upload_id).unlink(missing_ok=True))
