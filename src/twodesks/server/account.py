"""Under which account of the machine PostgreSQL runs: this one, or, since it refuses root, one without rights."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from twodesks.server.binaries import Binaries
from twodesks.server.problems import CannotStart

# Tried in this order when root starts Twodesks. Their accounts are used as they are; none is made.
CANDIDATES = ("twodesks", "postgres", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int
    drops_root: bool

    def spawn_options(self) -> dict[str, object]:
        """What `subprocess` needs to start a program as this account."""
        if not self.drops_root:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        if self.drops_root:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, folder: Path) -> bool:
        """Whether the account may enter this folder, asked of the kernel as that account."""
        return self._succeeds("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))

    def can_run(self, binaries: Binaries) -> bool:
        """Whether the account can run PostgreSQL's programs where they are, and read what belongs to them."""
        if not self._succeeds(binaries.program("postgres"), "--version"):
            return False
        textsearch = binaries.textsearch
        return textsearch is None or self._succeeds("/bin/sh", "-c", 'test -r "$1"', "sh", str(textsearch.library))

    def _succeeds(self, *command: str) -> bool:
        if not self.drops_root:
            return True
        options = self.spawn_options()
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **options)  # type: ignore[call-overload]
        except PermissionError:
            return False
        return bool(done.returncode == 0)


def choose_account(cluster: Path) -> Account:
    """The account for a cluster: its owner's if there is one, so that it matters little who starts it."""
    uid = os.geteuid()
    if uid != 0:
        return _by_uid(uid, drops_root=False)
    if (cluster / "PG_VERSION").exists():
        owner = (cluster / "PG_VERSION").stat().st_uid
        if owner != 0:
            return _by_uid(owner, drops_root=True)
    named = os.environ.get("TWODESKS_POSTGRES_USER")
    for name in (named,) if named else CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, drops_root=True)
    raise CannotStart(
        "PostgreSQL refuses to run as root, and there is no other account to run it as"
        f" ({named or ', '.join(CANDIDATES)}).",
        "Start Twodesks as an ordinary user, or name an account without rights in TWODESKS_POSTGRES_USER.",
    )


def _by_uid(uid: int, *, drops_root: bool) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(
            f"The user number {uid} has no entry in this machine's list of accounts, and PostgreSQL needs one.",
            "Add the account (in a container: a line in /etc/passwd), or name a server in DATABASE_URL.",
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, drops_root)
