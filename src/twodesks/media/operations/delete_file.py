"""Remove an original, what was made of it, and the upload it came by."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.models import MediaFile, Rendition, Upload
from twodesks.media.queries import staging_path


@operation("media.delete_file")
def delete_file(*, actor: Actor, file_id: int | None, upload_id: UUID | None = None) -> None:
    """Inside the transaction of what the file belonged to, which has asked its policy. Bytes go once it commits."""
    names: list[str] = []
    if file_id is not None:
        names += Rendition.objects.filter(media_file_id=file_id).values_list("storage_name", flat=True)
        names += MediaFile.objects.filter(pk=file_id).values_list("storage_name", flat=True)
        MediaFile.objects.filter(pk=file_id).delete()
    if upload_id is not None:
        Upload.objects.filter(pk=upload_id).delete()
    transaction.on_commit(lambda: _delete_bytes(names, upload_id))


def _delete_bytes(names: list[str], upload_id: UUID | None) -> None:
    for name in names:
        default_storage.delete(name)
    if upload_id is not None:
        staging_path(upload_id).unlink(missing_ok=True)
