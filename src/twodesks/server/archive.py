"""A backup: one file with the database, the recordings and the key, written whole or not at all."""

import errno
import hashlib
import io
import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from twodesks.server.binaries import Binaries
from twodesks.server.problems import CannotStart

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
KEY = "secret_key"
# What may be in a backup beside the database, in this order: an upload may become a recording while it is written.
FOLDERS = ("uploads", "media")
CHUNK = 1024 * 1024

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` and `bytes` are as counted when the files were begun with."""

    format: int
    version: str
    made_at: str
    dump_sha256: str
    files: int
    bytes: int
    folders: list[str]


@dataclass(frozen=True, slots=True)
class Installation:
    """What is to be kept. `folders` has no media when recordings are in an object store."""

    url: str
    binaries: Binaries
    folders: dict[str, Path]
    secret_key: str
    version: str


def write_backup(target: Path, kept: Installation, progress: Progress) -> Manifest:
    """Dump first, files after: whatever the dump speaks of was on disk before it.

    A recording's file is never changed. An upload grows, and the database knows how much of it counts; one that became
    a recording meanwhile is written as the upload that the dump speaks of.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.partial")
    dump = target.with_name(f".{target.name}.dump")
    try:
        with told_when_full(target):
            _dump(kept.url, kept.binaries, dump)
            sizes = [_size(file) for name in kept.folders for file in _files(kept, name)]
            total = sum(sizes)
            manifest = Manifest(
                FORMAT,
                kept.version,
                datetime.now(UTC).isoformat(),
                _sha256(dump),
                len(sizes),
                total,
                list(kept.folders),
            )
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
                    _add_text(archive, MANIFEST, json.dumps(asdict(manifest), indent=2))
                    _add_text(archive, KEY, kept.secret_key)
                    archive.add(dump, DUMP)
                    _add_files(archive, kept, total, progress)
                out.flush()
                os.fsync(out.fileno())
            draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
        dump.unlink(missing_ok=True)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What a file says of itself. Raises `CannotStart` for anything but a backup that this version can read."""
    strange = CannotStart(
        f"{source} is not a backup of Twodesks.", "Nothing was changed. Name a file made by `twodesks backup`."
    )
    try:
        with tarfile.open(source) as archive:
            member = archive.next()
            if member is None or member.name != MANIFEST:
                raise strange
            file = archive.extractfile(member)
            told = json.loads(file.read(CHUNK)) if file else {}
            manifest = Manifest(**told)
    except FileNotFoundError:
        raise CannotStart(f"There is no file {source}.", "Check the name.") from None
    except (tarfile.TarError, ValueError, TypeError, OSError) as error:
        raise strange from error
    if manifest.format > FORMAT:
        raise CannotStart(
            f"{source} was made by a newer Twodesks ({manifest.version}).", "Nothing was changed. Install that version."
        )
    return manifest


def unpack(source: Path, manifest: Manifest, folder: Path, progress: Progress) -> None:
    """Into an empty folder: the dump, the key, and the folders. The dump is compared with its recorded SHA-256."""
    done = 0
    with told_when_full(folder), tarfile.open(source) as archive:
        for member in archive:
            in_folder = member.name.startswith(tuple(f"{name}/" for name in FOLDERS))
            if not (in_folder or member.name in (MANIFEST, DUMP, KEY)) or not member.isreg():
                continue
            try:
                archive.extract(member, folder, filter="data", set_attrs=False)
            except tarfile.TarError as error:
                raise _damaged(source) from error
            if in_folder:
                done += member.size
                progress(done, manifest.bytes)
    if not (folder / DUMP).exists() or _sha256(folder / DUMP) != manifest.dump_sha256:
        raise _damaged(source)


def load_dump(dump: Path, *, url: str, binaries: Binaries, over_existing: bool) -> None:
    """Read a dump into a database: into an empty one in parallel, over an existing one in a single transaction."""
    how = ["--clean", "--if-exists", "--single-transaction"] if over_existing else ["--jobs=2"]
    command = [
        binaries.program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--no-comments",
        "--exit-on-error",
        *how,
    ]
    address, environment = _without_password(url)
    done = subprocess.run(
        [*command, "--dbname", address, str(dump)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotStart(
            f"PostgreSQL could not read the backup: {_last_line(done.stderr)}",
            "What was there before is untouched.",
        )


def _dump(url: str, binaries: Binaries, dump: Path) -> None:
    address, environment = _without_password(url)
    with open(os.open(dump, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        done = subprocess.run(
            [binaries.program("pg_dump"), "--format=custom", "--compress=gzip:3", "--dbname", address],
            env=environment,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise CannotStart(
            f"The database could not be read: {_last_line(done.stderr)}",
            "Nothing was written. If it says that the server is newer, name its own programs in TWODESKS_POSTGRES_BIN.",
        )


def _files(kept: Installation, name: str) -> list[Path]:
    """The files of one folder as they are now, without those of work that is under way."""
    folder = kept.folders[name]
    scratch = folder / "scratch" if name == "uploads" else None
    return [file for file in sorted(folder.rglob("*")) if scratch not in file.parents and file.is_file()]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _add_files(archive: tarfile.TarFile, kept: Installation, total: int, progress: Progress) -> None:
    """Uploads first: the files of those that end meanwhile are among the recordings, which are listed afterwards."""
    done = 0
    for name in [name for name in FOLDERS if name in kept.folders]:
        for file in _files(kept, name):
            opened = _opened(file) or (_opened_original(kept, file) if name == "uploads" else None)
            if opened is None:
                continue  # discarded by its owner since we looked
            with opened:
                info = archive.gettarinfo(arcname=f"{name}/{file.relative_to(kept.folders[name])}", fileobj=opened)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                archive.addfile(info, _Exactly(opened, info.size))
            done += info.size
            progress(min(done, total), total)


def _opened(file: Path) -> IO[bytes] | None:
    try:
        return file.open("rb")
    except FileNotFoundError:
        return None


def _opened_original(kept: Installation, upload: Path) -> IO[bytes] | None:
    """What an upload has become since it was listed: media.keep_upload names a recording's file after its upload."""
    media = kept.folders.get("media")
    found = media.glob(f"originals/*/*/{upload.stem}*") if media is not None else ()
    largest = max(found, key=_size, default=None)
    return _opened(largest) if largest is not None else None


class _Exactly(io.RawIOBase):
    """A file that may still be growing, as long as it was when its size was read."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self.file = file
        self.left = size

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data = self.file.read(wanted)
        self.left -= len(data)
        return data


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(text.encode())
    info.mode = 0o600
    info.mtime = int(datetime.now(UTC).timestamp())
    archive.addfile(info, io.BytesIO(text.encode()))


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address for a command line that others can see, and the environment that holds the rest."""
    told: dict[str, Any] = conninfo_to_dict(url.replace("postgres://", "postgresql://", 1))
    password = told.pop("password", None)
    environment = dict(os.environ)
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**told), environment


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it did not say why"


def _damaged(source: Path) -> CannotStart:
    return CannotStart(
        f"{source} is damaged: it is not as it was written.", "Nothing was changed. Try an earlier backup."
    )


@contextmanager
def told_when_full(place: Path) -> Iterator[None]:
    """Say in plain words that there is no room to write `place`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotStart(
                f"The disk that holds {place.parent} is full.",
                "Nothing was left half done. Free some space, or name a file on another disk.",
            ) from error
        raise
