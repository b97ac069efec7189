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
FOLDERS = ("media", "uploads")  # what may be in a backup beside the database
CHUNK = 1024 * 1024

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Manifest:
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
    """Dump first, files after: whatever the dump speaks of was on disk before it, and files are never changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.partial")
    dump = target.with_name(f".{target.name}.dump")
    try:
        with _told_when_full(target):
            _dump(kept.url, kept.binaries, dump)
            files = {
                f"{name}/{file.relative_to(folder)}": file
                for name, folder in kept.folders.items()
                for file in sorted(folder.rglob("*"))
                if file.is_file()
            }
            total = sum(file.stat().st_size for file in files.values())
            manifest = Manifest(
                FORMAT,
                kept.version,
                datetime.now(UTC).isoformat(),
                _sha256(dump),
                len(files),
                total,
                list(kept.folders),
            )
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
                    _add_text(archive, MANIFEST, json.dumps(asdict(manifest), indent=2))
                    _add_text(archive, KEY, kept.secret_key)
                    archive.add(dump, DUMP)
                    _add_files(archive, files, total, progress)
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
    with _told_when_full(folder), tarfile.open(source) as archive:
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


def _add_files(archive: tarfile.TarFile, files: dict[str, Path], total: int, progress: Progress) -> None:
    done = 0
    for name, file in files.items():
        try:
            opened = file.open("rb")
        except FileNotFoundError:
            continue  # discarded by its owner since we looked
        with opened:
            info = archive.gettarinfo(arcname=name, fileobj=opened)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            archive.addfile(info, _Exactly(opened, info.size))
        done += info.size
        progress(done, total)


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
def _told_when_full(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CannotStart(
                f"The disk that holds {place.parent} is full.",
                "Nothing was left half done. Free some space, or name a file on another disk.",
            ) from error
        raise
