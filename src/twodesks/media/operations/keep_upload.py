"""Turn a whole upload into a file that is kept."""

from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, NotFound
from twodesks.media.engine.types import content_type_of, ending_of
from twodesks.media.models import MediaFile, Upload
from twodesks.media.queries import own_uploads, staging_path


class _Movable(File):  # type: ignore[type-arg]
    """A file that a storage on the same disk may move into place instead of copying it."""

    def __init__(self, opened: BinaryIO, path: Path) -> None:
        super().__init__(opened, name=path.name)
        self._path = path

    def temporary_file_path(self) -> str:
        return str(self._path)


@operation("media.keep_upload")
def keep_upload(*, actor: Actor, upload_id: UUID) -> MediaFile:
    """Move the bytes into storage, as they came. Safe to repeat, also when it died half way.

    Raises `Conflict` while pieces are missing, `NotFound` when the bytes are gone.
    """
    with transaction.atomic():
        upload = own_uploads(actor).select_for_update().filter(pk=upload_id).first()
        if upload is None:
            raise NotFound
        kept = MediaFile.objects.filter(upload=upload).first()
        if kept is not None:
            return kept
        if upload.finished_at is None:
            raise Conflict("Part of this file is still on its way. Wait until all of it has arrived.")
        name = _stored_under(upload)
        return MediaFile.objects.create(
            owner_id=upload.owner_id,
            storage_name=name,
            filename=upload.filename,
            content_type=content_type_of(upload.filename, upload.content_type),
            total_bytes=upload.received_bytes,
            upload=upload,
        )


def _stored_under(upload: Upload) -> str:
    """The name in storage at which the whole of the upload is now."""
    name = _storage_name(upload)
    if default_storage.exists(name):
        # A process killed between the move and its row has left the whole file in its place already; one that was
        # killed while it copied from another disk has left a part, which no row speaks of.
        if default_storage.size(name) == upload.received_bytes:
            return name
        default_storage.delete(name)
    return _store(upload, name)


def _storage_name(upload: Upload) -> str:
    kind = content_type_of(upload.filename, upload.content_type)
    stem, ending = f"originals/{upload.created_at:%Y/%m}/{upload.pk}", ending_of(kind)
    if MediaFile.objects.filter(storage_name=f"{stem}{ending}").exists():
        # The upload was reopened after it had become a file, which somebody may be watching.
        return f"{stem}-{upload.received_bytes}{ending}"
    return f"{stem}{ending}"


def _store(upload: Upload, name: str) -> str:
    path = staging_path(upload.pk)
    if not path.exists():
        raise NotFound("The bytes of this upload are gone from the server's disk. Send the file again.")
    if path.stat().st_size > upload.received_bytes:
        with path.open("r+b") as file:
            file.truncate(upload.received_bytes)
    with path.open("rb") as file:
        return default_storage.save(name, _Movable(file, path))
