"""Take the next piece of an upload."""

from uuid import UUID

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Busy, Conflict, OutOfSpace, TooLarge
from twodesks.media.engine.staging import DiskFull, FileShort, append_piece
from twodesks.media.models import Upload
from twodesks.media.operations.start_upload import require_room_under_limit
from twodesks.media.queries import get_upload, own_uploads, staging_path


class UploadEnded(Conflict):
    """Said to be whole already. What it belongs to may know how to let it grow again."""

    code = "upload-ended"
    title = "Nothing more is expected"


@operation("media.receive_piece")
def receive_piece(*, actor: Actor, upload_id: UUID, offset: int, data: bytes, total_bytes: int | None = None) -> Upload:
    """Append `data` at `offset`, on disk before it is acknowledged; `total_bytes` may come late, once it is known.

    Raises `Conflict` with the true `offset` for a piece out of place, `Busy` when another request is writing this
    upload, `TooLarge` beyond the limit, `OutOfSpace` when the disk is full. Each leaves the upload as it was.
    """
    get_upload(actor, upload_id)
    try:
        with transaction.atomic():
            upload = own_uploads(actor).select_for_update(nowait=True).get(pk=upload_id)
            _require_in_place(upload, offset)
            _settle_length(upload, total_bytes)
            _require_fit(upload, offset + len(data))
            _append(upload, offset, data)
            upload.save(update_fields=["received_bytes", "total_bytes", "last_piece_at", "finished_at"])
    except OperationalError as error:
        if "could not obtain lock" not in str(error):
            raise
        raise Busy(
            "Another tab is sending this recording at this moment. It is safe there; go on in one of them."
        ) from error
    except FileShort as short:
        Upload.objects.filter(pk=upload_id).update(received_bytes=short.size)
        raise _out_of_place(short.size) from short
    return upload


def _require_in_place(upload: Upload, offset: int) -> None:
    if upload.finished_at is not None:
        raise UploadEnded(
            "This upload is complete already; nothing more can be added to it.", offset=upload.received_bytes
        )
    if offset != upload.received_bytes:
        raise _out_of_place(upload.received_bytes)


def _out_of_place(true_offset: int) -> Conflict:
    return Conflict(
        "The server has another part of this than the sender thought. Nothing was lost; it goes on from there.",
        offset=true_offset,
    )


def _settle_length(upload: Upload, total_bytes: int | None) -> None:
    if total_bytes is None:
        return
    if upload.total_bytes is None:
        require_room_under_limit(total_bytes)
        upload.total_bytes = total_bytes
    elif upload.total_bytes != total_bytes:
        raise Conflict("The length of this upload was settled already.", offset=upload.received_bytes)


def _require_fit(upload: Upload, end: int) -> None:
    if upload.total_bytes is not None and end > upload.total_bytes:
        raise TooLarge("This piece goes beyond the length that was announced. Nothing of it was kept.")
    if end > settings.UPLOAD_MAX_BYTES:
        raise TooLarge(
            "The recording has reached the largest size that this server takes. All of it up to here is safe; "
            "stop now, and record the rest as a second part.",
            offset=upload.received_bytes,
        )


def _append(upload: Upload, offset: int, data: bytes) -> None:
    try:
        upload.received_bytes = append_piece(
            staging_path(upload.pk), offset, data, reserve_bytes=settings.UPLOAD_DISK_RESERVE_BYTES
        )
    except DiskFull as error:
        raise OutOfSpace(
            "The server's disk is full. What had arrived is safe, and the rest is still with you: keep this tab open, "
            "and ask your administrator to make room. It goes on by itself.",
            offset=offset,
        ) from error
    now = timezone.now()
    upload.last_piece_at = now
    if upload.total_bytes is not None and upload.received_bytes == upload.total_bytes:
        upload.finished_at = now
