"""The data directory: one folder with everything an installation keeps."""

import contextlib
import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twodesks.server.problems import CannotStart

NEEDED_BYTES = 64 * 1024 * 1024


def default_root() -> Path:
    """`TWODESKS_DATA`; else `data` in a checkout; else the place where the user's programs keep theirs."""
    named = os.environ.get("TWODESKS_DATA")
    if named:
        return Path(named).expanduser().absolute()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file() and (checkout / "src" / "twodesks").is_dir():
        return checkout / "data"
    share = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(share).expanduser() / "twodesks"


@dataclass(frozen=True, slots=True)
class DataDirectory:
    root: Path

    @classmethod
    def default(cls) -> "DataDirectory":
        return cls(default_root())

    @property
    def media(self) -> Path:
        return self.root / "media"

    @property
    def models(self) -> Path:
        """Models as they were joined or made ready from the installed packages; all of it can be made again."""
        return self.root / "models"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def postgres(self) -> Path:
        """The embedded database. A symbolic link when PostgreSQL's account cannot reach this directory."""
        return self.root / "postgres"

    @property
    def secret_key(self) -> Path:
        return self.root / "secret_key"

    @property
    def lock_file(self) -> Path:
        return self.root / "run.lock"

    def prepare(self) -> None:
        """Make it, with nothing in it that other accounts could read."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for private in (self.media, self.backups):
                private.mkdir(exist_ok=True, mode=0o700)
        except PermissionError as refusal:
            raise CannotStart(
                f"The data directory {self.root} cannot be written.",
                "Give this account the right to write there, or name another one in TWODESKS_DATA.",
            ) from refusal
        except OSError as refusal:
            raise _disk(refusal, self.root) from refusal

    def check_room(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < NEEDED_BYTES:
            raise CannotStart(
                f"The disk that holds {self.root} is full ({free // 1024 // 1024} MB left).",
                "Nothing was lost. Free at least 64 MB, or move the data directory to a larger disk, and start again.",
            )

    def instance_id(self) -> str:
        """A name for this installation that stays when the directory moves."""
        file = self.root / "instance_id"
        if not file.exists():
            write_private(file, secrets.token_hex(6))
        return file.read_text().strip()

    def read_secret_key(self) -> str:
        """The key that signs sessions and addresses; made on first use, readable by its owner alone."""
        if not self.secret_key.exists():
            self.prepare()
            write_private(self.secret_key, secrets.token_urlsafe(48))
        return self.secret_key.read_text().strip()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Held by the one command that runs the database here; freed by the kernel whatever becomes of it."""
        handle = os.open(self.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as refusal:
                holder = os.pread(handle, 32, 0).decode(errors="replace").strip()
                who = f" (process {holder})" if holder else ""
                raise InUse(
                    f"Twodesks is running already on {self.root}{who}.",
                    "Use that one, stop it first, or name another data directory in TWODESKS_DATA.",
                ) from refusal
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(handle)


class InUse(CannotStart):
    """Another command runs the database of this data directory."""


def write_private(file: Path, text: str) -> None:
    """Write a small file whole, mode 600; the first of two who try at once wins."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _disk(refusal: OSError, root: Path) -> CannotStart:
    if refusal.errno in (errno.ENOSPC, errno.EDQUOT):
        return CannotStart(f"The disk that holds {root} is full.", "Free some space and start again.")
    return CannotStart(
        f"The data directory {root} cannot be made: {refusal.strerror}.",
        "Name another place in TWODESKS_DATA.",
    )
