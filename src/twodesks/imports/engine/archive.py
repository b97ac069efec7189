"""Safe reading of an export: a ZIP file, a tar file, a folder, or one plain file.

Nothing is ever written where an archive says. A ZIP is read in place; a tar file, which cannot be, is unpacked into a
private temporary folder under names of our own. What is dangerous is refused as a whole, before anything is read.
"""

import hashlib
import io
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from twodesks.kit.problem import Invalid, TooLarge

MAX_FILES = 250_000
"""In one archive; a folder may hold more. A directory of this many entries takes some 150 MB to read."""
MAX_DIRECTORY_BYTES = 48 << 20
MAX_TEXT_BYTES = 256 << 20
"""One file that is read as a whole, such as the list of people."""
MAX_DAY_BYTES = 64 << 20
"""A day of a channel, or a thousand messages: parsed it takes several times as much memory."""
MAX_RATIO = 250
"""Chat in JSON packs to a tenth, rarely to a fortieth; above this, and above `RATIO_MATTERS`, it is a bomb."""
RATIO_MATTERS = 64 << 20
MAX_TOTAL_BYTES = 200 << 30

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x06"
_JUNK = ("__MACOSX/", ".DS_Store")


class Archive(Protocol):
    """Names are relative, with `/` between parts, sorted."""

    name: str

    def names(self) -> list[str]: ...

    def size(self, name: str) -> int: ...

    def open(self, name: str) -> IO[bytes]: ...

    @property
    def links(self) -> list[str]:
        """Links, which are never followed."""
        ...

    def close(self) -> None: ...


def open_archive(path: Path) -> Archive:
    """Raises `Invalid` or `TooLarge`, in words, when it is not there, not an archive, broken or dangerous."""
    if not path.exists():
        raise Invalid(f"There is nothing at {path}. Check the path.", field="file")
    if path.is_dir():
        return FolderArchive(path)
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith((b"PK\x03\x04", _END)):
        return ZipArchive(path)
    if start[:2] == b"\x1f\x8b" or start[257:262] == b"ustar" or start[:3] == b"BZh" or start[:6] == b"\xfd7zXZ\x00":
        return TarArchive(path)
    return SingleFile(path)


def read_text(archive: Archive, name: str, most: int | None = None) -> bytes:
    """The whole of one file. Raises `Invalid` when it is broken, `TooLarge` when it cannot be what it should be."""
    most = MAX_TEXT_BYTES if most is None else most
    if archive.size(name) > most:
        raise TooLarge(
            f"{name} in this export is {archive.size(name) >> 20} MB; a part like this is never that long. "
            "Nothing was read from it."
        )
    with reading(name), archive.open(name) as file:
        return file.read(most + 1)


def open_inside(archive: Archive, name: str) -> IO[bytes]:
    """Raises `Invalid` when there is no such file, or it cannot be opened."""
    try:
        with reading(name):
            return archive.open(name)
    except KeyError:
        raise Invalid(f"{name} is not in this export any more.") from None


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Say in words what is wrong with a file that breaks while it is being read."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, tarfile.TarError, NotImplementedError) as fault:
        raise Invalid(f"{name} in this export is broken ({fault}). Export again, or send the file once more.") from None


def digest_of(archive: Archive) -> str:
    """Tells exports apart by what is in them: names and sizes, not bytes, for they may be many gigabytes."""
    told = hashlib.blake2b(digest_size=16)
    for name in archive.names():
        told.update(f"{name}\0{archive.size(name)}\n".encode())
    return told.hexdigest()


def root_of(archive: Archive, *wanted: str) -> str:
    """The folder, with its `/`, that holds one of these files: exports are often packed with a folder around them.

    Raises `Invalid` when none is there.
    """
    found = [name for name in archive.names() if name.rsplit("/", 1)[-1] in wanted]
    if not found:
        listed = " or ".join(wanted)
        raise Invalid(f"There is no {listed} in {archive.name}, so this is not such an export. Nothing was changed.")
    nearest = min(found, key=lambda name: (name.count("/"), name))
    return nearest[: len(nearest) - len(nearest.rsplit("/", 1)[-1])]


class ZipArchive:
    """A ZIP file, read in place."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.links: list[str] = []
        _require_bearable_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise Invalid(
                f"{path.name} is not a whole ZIP file ({fault}). Perhaps it was cut short on its way; "
                "download it again. Nothing was changed."
            ) from None
        try:
            self._entries = self._checked(path)
        except Exception:
            self._zip.close()
            raise

    def _checked(self, path: Path) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        packed = unpacked = 0
        for entry in self._zip.infolist():
            _require_inside(entry.filename, self.name)
            if entry.is_dir() or _is_junk(entry.filename):
                continue
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise Invalid(
                    f"{self.name} holds a link ({entry.filename}), which an export never does. Nothing was read."
                )
            if entry.flag_bits & 0x1:
                raise Invalid(f"{self.name} is locked with a password. Unlock it first, then bring it in.")
            if entry.filename in entries:
                raise Invalid(
                    f"{self.name} holds {entry.filename} twice, and they may differ. Pack it again, or unpack it and "
                    "bring in the folder."
                )
            entries[entry.filename] = entry
            packed += entry.compress_size
            unpacked += entry.file_size
            _require_no_bomb(entry.file_size, entry.compress_size, self.name)
        _require_no_bomb(unpacked, path.stat().st_size, self.name)
        if packed > path.stat().st_size:
            raise TooLarge(f"{self.name} holds parts that lie over each other, as a ZIP bomb does. Nothing was read.")
        return entries

    def names(self) -> list[str]:
        return sorted(self._entries)

    def size(self, name: str) -> int:
        return self._entries[name].file_size

    def open(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(self._entries[name])
        except RuntimeError as fault:
            raise Invalid(f"{name} in this export is locked ({fault}). Unlock it first.") from None

    def close(self) -> None:
        self._zip.close()


def _require_bearable_directory(path: Path) -> None:
    """Look at the directory's size before it is read, for it is read into memory as a whole."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_600))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise Invalid(
            f"{path.name} is not a whole ZIP file: its end is missing. Perhaps it was cut short on its way; "
            "download it again. Nothing was changed."
        )
    count, directory = struct.unpack("<H I", tail[at + 10 : at + 16])
    at_64 = tail.rfind(_END_64)
    if at_64 >= 0 and len(tail) >= at_64 + 48:
        count, directory = struct.unpack("<Q Q", tail[at_64 + 32 : at_64 + 48])
    if count > MAX_FILES or directory > MAX_DIRECTORY_BYTES:
        raise TooLarge(
            f"{path.name} holds {count:,} files; {MAX_FILES:,} are read from one ZIP file. Unpack it on the server and "
            "bring in the folder with the command line: twodesks import slack FOLDER. Nothing was changed."
        )


def _require_inside(name: str, archive: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":") or "\0" in name:
        raise Invalid(
            f"{archive} holds a path that leads out of it ({name[:120]}), which an export never does. Nothing was read."
        )


def _require_no_bomb(unpacked: int, packed: int, archive: str) -> None:
    if unpacked > MAX_TOTAL_BYTES or (unpacked > RATIO_MATTERS and unpacked > packed * MAX_RATIO):
        raise TooLarge(
            f"{archive} would unpack to {max(1, unpacked >> 20):,} MB, far more than such an export can. It looks like "
            "a ZIP bomb, so nothing was read."
        )


def _is_junk(name: str) -> bool:
    return any(name.startswith(junk) or name.endswith(junk) for junk in _JUNK)


class FolderArchive:
    """A folder on the server. Links in it are not followed."""

    def __init__(self, path: Path) -> None:
        self.name = path.resolve().name
        self._path = path.resolve()
        self.links: list[str] = []
        self._sizes = dict(self._walk())

    def _walk(self) -> Iterator[tuple[str, int]]:
        waiting = [(self._path, "")]
        while waiting:
            folder, prefix = waiting.pop()
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = f"{prefix}{entry.name}"
                    if entry.is_symlink():
                        self.links.append(name)
                    elif entry.is_dir():
                        waiting.append((Path(entry.path), f"{name}/"))
                    elif entry.is_file() and not _is_junk(name):
                        yield name, entry.stat().st_size

    def names(self) -> list[str]:
        return sorted(self._sizes)

    def size(self, name: str) -> int:
        return self._sizes[name]

    def open(self, name: str) -> IO[bytes]:
        # Since it was listed somebody may have put a link in its place.
        return os.fdopen(os.open(self._path / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")

    def close(self) -> None:
        pass


class TarArchive:
    """A tar file, packed or not. Its texts are unpacked into a temporary folder that goes with it."""

    ENDINGS = (".json", ".jsonl", ".xml")

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.links: list[str] = []
        self._folder = tempfile.TemporaryDirectory(prefix="twodesks-import-")
        self._files: dict[str, tuple[Path | None, int]] = {}
        try:
            self._unpack(path)
        except (tarfile.TarError, EOFError, OSError, zlib.error) as fault:
            self._folder.cleanup()
            raise Invalid(
                f"{path.name} is not a whole tar file ({fault}). Download it again. Nothing was changed."
            ) from None
        except BaseException:
            self._folder.cleanup()
            raise

    def _unpack(self, path: Path) -> None:
        limit = max(RATIO_MATTERS, path.stat().st_size * MAX_RATIO)
        total = 0
        with tarfile.open(path) as tar:
            for count, entry in enumerate(tar):
                _require_inside(entry.name, self.name)
                if count >= MAX_FILES:
                    raise TooLarge(
                        f"{self.name} holds more than {MAX_FILES:,} files. Unpack it and bring in the folder."
                    )
                total += entry.size
                if total > limit:
                    _require_no_bomb(total, path.stat().st_size, self.name)
                if entry.islnk() or entry.issym():
                    raise Invalid(f"{self.name} holds a link ({entry.name}), which an export never does.")
                name = entry.name.removeprefix("./")
                if entry.isfile() and not _is_junk(name):
                    self._take(tar, entry, name, count)

    def _take(self, tar: tarfile.TarFile, entry: tarfile.TarInfo, name: str, count: int) -> None:
        if name in self._files:
            raise Invalid(f"{self.name} holds {name} twice, and they may differ. Unpack it and bring in the folder.")
        if not name.endswith(self.ENDINGS):
            self._files[name] = (None, entry.size)
            return
        source = tar.extractfile(entry)
        if source is None:
            return
        target = Path(self._folder.name) / str(count)
        with source, target.open("xb") as out:
            while piece := source.read(1 << 20):
                out.write(piece)
        self._files[name] = (target, entry.size)

    def names(self) -> list[str]:
        return sorted(self._files)

    def size(self, name: str) -> int:
        return self._files[name][1]

    def open(self, name: str) -> IO[bytes]:
        path = self._files[name][0]
        if path is None:
            raise Invalid(f"{name} can only be read from the unpacked export. Unpack it and bring in the folder.")
        return path.open("rb")

    def close(self) -> None:
        with suppress(OSError):
            self._folder.cleanup()


class SingleFile:
    """One file that is an export by itself."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.links: list[str] = []
        self._path = path

    def names(self) -> list[str]:
        return [self.name]

    def size(self, name: str) -> int:
        return self._path.stat().st_size

    def open(self, name: str) -> IO[bytes]:
        return self._path.open("rb")

    def close(self) -> None:
        pass


def lines_of(archive: Archive, name: str, longest: int = 16 << 20) -> Iterator[bytes]:
    """The lines of a text file, one at a time; a line beyond `longest` bytes is given cut, so that it cannot parse."""
    with reading(name), archive.open(name) as raw:
        file = io.BufferedReader(raw) if isinstance(raw, io.RawIOBase) else raw
        while line := file.readline(longest):
            if not line.endswith(b"\n"):
                while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
                    pass
            yield line
