"""Reads about uploads and files. Uploads are their owner's alone; who may see a file is said by what it belongs to, and
a signed address carries that answer for a while."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from twodesks.kit.actor import Actor, system
from twodesks.kit.problem import NotFound
from twodesks.media.engine.types import ending_of
from twodesks.media.models import MediaFile, Rendition, Upload
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from django.core.files.base import File

ADDRESS_LIVES_S = 12 * 3600
_ROUNDED_TO_S = 3600
_SIGNER_SALT = "twodesks.media"
_LOOKS, _LOOK_AGAIN_S = 25, 0.2


def own_uploads(actor: Actor) -> QuerySet[Upload]:
    """The actor's uploads that were not discarded; the system's view is of all members'."""
    kept = Upload.objects.filter(discarded_at=None)
    return kept if actor.is_system else kept.filter(owner_id=actor.member_id or 0)


def get_upload(actor: Actor, upload_id: UUID) -> Upload:
    """Raises `NotFound`, also for somebody else's."""
    found = own_uploads(actor).filter(pk=upload_id).first()
    if found is None:
        raise NotFound("This upload is not here. It may have been discarded; send the file again.")
    return found


def staging_path(upload_id: UUID) -> Path:
    """Where the bytes of an upload are until it is whole."""
    return Path(settings.UPLOADS_ROOT) / f"{upload_id}.part"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How far an upload has come."""

    received_bytes: int
    is_all: bool
    is_discarded: bool


def upload_arrival(upload_id: UUID) -> Arrival:
    """For jobs that follow an upload while it grows. An upload that is gone counts as discarded."""
    row = Upload.objects.filter(pk=upload_id).values_list("received_bytes", "finished_at", "discarded_at").first()
    if row is None:
        return Arrival(0, is_all=False, is_discarded=True)
    return Arrival(row[0], is_all=row[1] is not None, is_discarded=row[2] is not None)


@contextmanager
def upload_on_disk(upload_id: UUID) -> Iterator[Path]:
    """The bytes of an upload as a file on this machine's disk, wherever they are by now.

    They stay at that path for the time of the block, though the upload may become a file meanwhile, which moves it.
    Raises `NotFound` when they are nowhere.
    """
    root = Path(settings.UPLOADS_ROOT) / "scratch"
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root) as folder:
        # Between the move and the row that tells of it they are in neither place for a moment.
        for _ in range(_LOOKS):
            held = _second_name(staging_path(upload_id), Path(folder))
            if held is not None:
                yield held
                return
            file = MediaFile.objects.filter(upload_id=upload_id).first()
            if file is not None:
                with working_copy(file) as path:
                    yield path
                return
            time.sleep(_LOOK_AGAIN_S)
    raise NotFound("The bytes of this recording are gone from the server's disk. Record or add it again.")


def _second_name(path: Path, folder: Path) -> Path | None:
    """`path` under a name of its own, which a move does not take away and which grows with it; None without a file."""
    held = folder / path.name
    try:
        held.hardlink_to(path)
    except FileNotFoundError:
        return None
    except OSError:  # a disk without second names; there, moving a file away is not noticed by who has it open
        return path
    return held


def file_of_upload(upload_id: UUID) -> int | None:
    """The id of the file that an upload became; None before it is kept."""
    return MediaFile.objects.filter(upload_id=upload_id).values_list("pk", flat=True).first()


def get_file(file_id: int) -> MediaFile:
    """For what the file belongs to, which has asked its own policy. Raises `NotFound`."""
    found = MediaFile.objects.filter(pk=file_id).first()
    if found is None:
        raise NotFound
    return found


def renditions_of(file_id: int) -> list[Rendition]:
    """All that was made from an original, in one query."""
    return _renditions(system(), file_id=file_id)


@prepared
def _renditions(actor: Actor, file_id: int) -> QuerySet[Rendition]:
    return Rendition.objects.filter(media_file=file_id).order_by("kind", "at_ms")


def renditions_of_files(file_ids: Collection[int]) -> dict[int, list[Rendition]]:
    """The same for many originals, in one query. Those without any are left out."""
    made: dict[int, list[Rendition]] = {}
    for one in Rendition.objects.filter(media_file__in=file_ids).order_by("media_file", "kind", "at_ms"):
        made.setdefault(one.media_file_id, []).append(one)
    return made


@contextmanager
def working_copy(file: MediaFile) -> Iterator[Path]:
    """The original as a file on this machine's disk, for the time of the block."""
    try:
        yield Path(default_storage.path(file.storage_name))
    except NotImplementedError:
        with NamedTemporaryFile(suffix=Path(file.storage_name).suffix) as copy:
            with default_storage.open(file.storage_name) as remote:
                for chunk in remote.chunks(1 << 20):
                    copy.write(chunk)
            copy.flush()
            yield Path(copy.name)


def signed_url(item: MediaFile | Rendition) -> str:
    """An address of the file that anybody who has it can read, for twelve hours.

    It changes once an hour only, so that browsers keep what they have fetched.
    """
    now = int(time.time())
    expires = now - now % _ROUNDED_TO_S + _ROUNDED_TO_S + ADDRESS_LIVES_S
    kind = "f" if isinstance(item, MediaFile) else "r"
    token = signing.Signer(salt=_SIGNER_SALT).sign_object([kind, item.pk, expires])
    return f"/media/{token}/{quote(_name_of(item))}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What an address leads to."""

    storage_name: str
    content_type: str
    filename: str
    total_bytes: int
    tag: str
    expires_at: int


def file_at_address(token: str) -> StoredFile:
    """Raises `NotFound` for a forged or expired address, and for a file that is gone."""
    try:
        kind, key, expires = signing.Signer(salt=_SIGNER_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    if expires < time.time():
        raise NotFound("This address has run out. Open the page again to get a new one.")
    model: type[MediaFile] | type[Rendition] = MediaFile if kind == "f" else Rendition
    item = model.objects.filter(pk=key).first()
    if item is None:
        raise NotFound
    return StoredFile(
        storage_name=item.storage_name,
        content_type=item.content_type,
        filename=_name_of(item),
        total_bytes=item.total_bytes,
        tag=f"{kind}{item.pk}-{item.total_bytes:x}",
        expires_at=expires,
    )


def open_stored(file: StoredFile) -> "File[bytes]":
    """Its bytes. Raises `NotFound` when storage has lost them."""
    try:
        return default_storage.open(file.storage_name)
    except FileNotFoundError as error:
        raise NotFound("This file is missing from the server's storage. Ask your administrator.") from error


def remote_address(file: StoredFile, disposition: str) -> str | None:
    """A presigned address in an object store; None when files are on this server's disk."""
    try:
        default_storage.path(file.storage_name)
    except NotImplementedError:
        lives = max(60, file.expires_at - int(time.time()))
        parameters = {"ResponseContentType": file.content_type, "ResponseContentDisposition": disposition}
        return str(default_storage.url(file.storage_name, parameters=parameters, expire=lives))  # type: ignore[call-arg]
    return None


def _name_of(item: MediaFile | Rendition) -> str:
    if isinstance(item, MediaFile):
        return item.filename
    return item.kind + ending_of(item.content_type)
