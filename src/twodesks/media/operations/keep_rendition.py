"""Put something that was made from an original into storage."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from twodesks.kit.operation import operation
from twodesks.kit.problem import OutOfSpace
from twodesks.media.models import MediaFile, Rendition


@operation("media.keep_rendition")
def keep_rendition(*, file: MediaFile, kind: str, path: Path, content_type: str, **fields: Any) -> Rendition:
    """Store the file at `path` as a rendition; one of its kind and moment that is there already is replaced."""
    at_ms = fields.pop("at_ms", None)
    name = f"renditions/{file.pk}/{kind}{'' if at_ms is None else f'-{at_ms}'}{path.suffix}"
    size = path.stat().st_size
    if default_storage.exists(name):  # left by a process that died before it wrote the row
        default_storage.delete(name)
    with path.open("rb") as opened:
        stored = default_storage.save(name, File(opened, name=path.name))
    rendition, _ = Rendition.objects.update_or_create(
        media_file=file,
        kind=kind,
        at_ms=at_ms,
        defaults={"storage_name": stored, "content_type": content_type, "total_bytes": size} | fields,
    )
    return rendition


def keep_still(file: MediaFile, kind: str, folder: Path, still: dict[str, Any]) -> None:
    """A picture, as the tool `stills` tells of it."""
    keep_rendition(
        file=file,
        kind=kind,
        path=folder / still["name"],
        content_type="image/jpeg",
        at_ms=still.get("at_ms"),
        width=still["width"],
        height=still["height"],
    )


@contextmanager
def scratch_folder(needed_bytes: int) -> Iterator[Path]:
    """A folder to work in, gone afterwards. Raises `OutOfSpace` when the disk has no room for what is to be made."""
    root = Path(settings.UPLOADS_ROOT) / "scratch"
    root.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(root).free < needed_bytes + settings.UPLOAD_DISK_RESERVE_BYTES:
        raise OutOfSpace(
            "The server's disk is too full to prepare this recording. The original is safe. Ask your administrator to "
            "make room, then try again."
        )
    with TemporaryDirectory(dir=root) as folder:
        yield Path(folder)
