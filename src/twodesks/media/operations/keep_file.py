"""Keep a file as it came, to be downloaded."""

import uuid
from hashlib import sha256
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.media.engine.types import content_type_of, ending_of
from twodesks.media.models import MediaFile
from twodesks.media.operations.start_upload import tidy_filename

MAX_BYTES = 50 * 1024**2


@operation("media.keep_file")
def keep_file(*, actor: Actor, content: IO[bytes] | None, filename: str, content_type: str = "") -> MediaFile:
    """A small file, in one request. Who may see it is said by what it is put with, in the caller's transaction.

    Raises `TooLarge` over 50 MB (larger ones come by an upload in pieces), `Invalid` for an empty file or none.
    """
    owner = actor.require_member()
    data = content.read(MAX_BYTES + 1) if content is not None else b""
    if not data:
        raise Invalid("There is nothing in this file. Choose it again; your words are kept.", field="file")
    if len(data) > MAX_BYTES:
        raise TooLarge("This file is larger than 50 MB. Record or upload it instead, then link it.", field="file")
    filename = tidy_filename(filename) or "file"
    kind = content_type_of(filename, content_type)
    name = default_storage.save(f"files/{timezone.now():%Y/%m}/{uuid.uuid4()}{ending_of(kind)}", ContentFile(data))
    return MediaFile.objects.create(
        owner_id=owner,
        storage_name=name,
        filename=filename,
        content_type=kind,
        total_bytes=len(data),
        sha256=sha256(data).hexdigest(),
        has_audio=False,
        has_video=False,
    )
