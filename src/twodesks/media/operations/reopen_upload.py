"""Let an upload grow again that was said to be whole."""

import errno
import os
import shutil
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound, OutOfSpace
from twodesks.media.models import MediaFile, Upload
from twodesks.media.queries import own_uploads, staging_path


@operation("media.reopen_upload")
def reopen_upload(*, actor: Actor, upload_id: UUID) -> Upload:
    """Take more pieces, of a length that is unknown again. Safe to repeat.

    A file that it became already stays where it is, for whatever shows it; the upload becomes another file in the end.
    Raises `NotFound`, also for somebody else's, and `OutOfSpace` when there is no room for the bytes to grow in.
    """
    with transaction.atomic():
        upload = own_uploads(actor).select_for_update().filter(pk=upload_id).first()
        if upload is None:
            raise NotFound
        if upload.finished_at is None:
            return upload
        file = MediaFile.objects.filter(upload=upload).first()
        if file is not None:
            _copy_back(upload, file)
            file.upload = None
            file.save(update_fields=["upload"])
        upload.finished_at = upload.total_bytes = None
        upload.last_piece_at = timezone.now()
        upload.save(update_fields=["finished_at", "total_bytes", "last_piece_at"])
    return upload


def _copy_back(upload: Upload, file: MediaFile) -> None:
    path = staging_path(upload.pk)
    if path.exists() and path.stat().st_size >= upload.received_bytes:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".back")
    try:
        with default_storage.open(file.storage_name) as kept, half.open("wb") as copy:
            shutil.copyfileobj(kept, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
        half.replace(path)
    except FileNotFoundError as error:
        raise NotFound("The bytes of this recording are gone from the server's storage.") from error
    except OSError as error:
        half.unlink(missing_ok=True)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise OutOfSpace(
            "The server's disk is full. What had arrived is safe, and the rest is still with you: keep this tab open, "
            "and ask your administrator to make room. It goes on by itself."
        ) from error
