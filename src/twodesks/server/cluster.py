"""The embedded PostgreSQL: make it, start it, know when it is ready, stop it, clear up after a crash."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from twodesks.server.account import Account, choose_account
from twodesks.server.binaries import Binaries, copy_binaries, find_binaries
from twodesks.server.configuration import (
    DATABASE,
    OWN_SETTINGS,
    ROLE,
    SUPERUSER,
    write_configuration,
)
from twodesks.server.data import DataDirectory
from twodesks.server.problems import CannotStart
from twodesks.server.processes import bound_to_parent, processes_in

EXTENSIONS = ("vector", "pg_trgm", "unaccent")
TEXTSEARCH = "pg_textsearch"
LONGEST_SOCKET_FOLDER = 80  # the kernel allows about 100 characters for folder and file name together
READY_WITHIN_S = 60
STOP_WITHIN_S = 30
ELSEWHERE = Path("/var/lib")


@dataclass(slots=True)
class Cluster:
    """One PostgreSQL server in one folder, reached by a socket that only its own user and ours can open."""

    home: Path
    sockets: Path
    account: Account
    binaries: Binaries
    durable: bool = True
    notes: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def url(self, database: str = DATABASE, role: str = ROLE) -> str:
        return database_url(self.sockets, database, role)

    def prepare(self) -> None:
        """Make the cluster if it is new, write its settings, and end what a crash left running in it."""
        self._make_folder(self.sockets)
        if not (self.home / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        write_configuration(self.home, self.sockets, self.binaries, owner=self.account.name, durable=self.durable)
        for name in ("twodesks.conf", "pg_hba.conf", "pg_ident.conf", "postgresql.conf"):
            self.account.give(self.home / name)
        self._end_leftovers()

    def start(self, output: int | None = None) -> subprocess.Popen[str]:
        """Start the server and return once it answers. Its log goes to `output`, or to nowhere if that is None."""
        log = subprocess.DEVNULL if output is None else output
        self.process = subprocess.Popen(
            [self.binaries.program("postgres"), "-D", str(self.home)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops the others first
            preexec_fn=bound_to_parent(signal.SIGINT),
            **self.account.spawn_options(),  # type: ignore[call-overload]
        )
        self._await_ready(self.process)
        return self.process

    def stop(self) -> None:
        """Stop at once but in order: sessions are ended, everything committed is on disk."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)
            process.wait(STOP_WITHIN_S)

    def ensure_database(self) -> None:
        """Our role, our database and its extensions, and nothing more rights than that for the role."""
        with psycopg.connect(self.url("template1", SUPERUSER), autocommit=True) as template:
            if not template.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
                template.execute(f"CREATE ROLE {ROLE} LOGIN {'' if self.durable else 'CREATEDB'}")
            # Databases made from this template, a restored one or one for tests, have them too.
            self._ensure_extensions(template)
            found = template.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as server:
                server.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        with psycopg.connect(self.url(DATABASE, SUPERUSER), autocommit=True) as database:
            self._ensure_extensions(database)

    @contextlib.contextmanager
    def running(self) -> Iterator["Cluster"]:
        """The server for the length of a block."""
        self.prepare()
        self.start()
        try:
            self.ensure_database()
            yield self
        finally:
            self.stop()

    def answers(self) -> bool:
        try:
            with psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def _ensure_extensions(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        rows = connection.execute("SELECT name, default_version, installed_version FROM pg_available_extensions")
        available = {str(name): (default, installed) for name, default, installed in rows}
        for name in (*EXTENSIONS, TEXTSEARCH):
            if name not in available:
                if name == TEXTSEARCH:
                    continue
                raise CannotStart(
                    f"PostgreSQL in {self.binaries.bin} has no extension called {name}.",
                    "Install it (Debian: postgresql-17-pgvector, postgresql-contrib), or use the embedded PostgreSQL.",
                )
            default, installed = available[name]
            if installed is None:
                connection.execute(f"CREATE EXTENSION {name}")
            elif installed != default:
                connection.execute(f"ALTER EXTENSION {name} UPDATE")

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.account.give(folder)

    def _initialise(self) -> None:
        if self.home.exists() and any(self.home.iterdir()):
            raise CannotStart(
                f"{self.home} holds files, but no PostgreSQL.",
                "Nothing was touched. Move them away, or name another data directory in TWODESKS_DATA.",
            )
        self._make_folder(self.home)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.binaries.major >= 17
            else ["--locale=C.UTF-8"]
        )
        command = [
            self.binaries.program("initdb"), "-D", str(self.home), "-U", SUPERUSER, "-E", "UTF8",
            "--auth=peer", "--no-instructions", "--data-checksums", *locale,
        ]  # fmt: skip
        if not self.durable:
            command.append("--no-sync")
        made = subprocess.run(
            command,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **self.account.spawn_options(),  # type: ignore[call-overload]
        )
        if made.returncode:
            shutil.rmtree(self.home, ignore_errors=True)
            raise CannotStart(
                f"PostgreSQL could not make its files in {self.home}: {made.stderr.strip()[-400:]}",
                "Nothing was left behind. If the disk is full, free some space; then start again.",
            )
        (self.home / "postgresql.conf").write_text(OWN_SETTINGS)

    def _check_version(self) -> None:
        kept = (self.home / "PG_VERSION").read_text().strip()
        if kept != str(self.binaries.major):
            raise CannotStart(
                f"The database in {self.home} was written by PostgreSQL {kept}; this one is {self.binaries.major}.",
                f"Nothing was touched. Name the programs of PostgreSQL {kept} in TWODESKS_POSTGRES_BIN, run "
                "`twodesks backup`, move the data directory away, and run `twodesks restore` without that setting.",
            )

    def _end_leftovers(self) -> None:
        """A server whose supervisor was killed stops by itself; wait for that, then insist.

        Its orphaned sessions, if it was killed itself, hold the shared memory and would refuse a new server.
        """
        for wish, patience in ((None, 5.0), (signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
            leftovers = list(processes_in(self.home, "postgres"))
            if not leftovers:
                return
            if wish is not None:
                self.notes.append(f"ended {len(leftovers)} PostgreSQL processes that a crash had left")
                for process in leftovers:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process.pid, wish)
            _wait_until_gone(self.home, patience)

    def _await_ready(self, process: subprocess.Popen[str]) -> None:
        status_file = self.home / "postmaster.pid"
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise CannotStart(
                    f"PostgreSQL stopped as soon as it was started (code {process.returncode}).",
                    "Its last lines above say why; `twodesks doctor` looks at the usual causes.",
                )
            with contextlib.suppress(OSError):
                lines = status_file.read_text().splitlines()
                if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                    return
            time.sleep(0.02)
        raise CannotStart(
            f"PostgreSQL has not become ready within {READY_WITHIN_S} seconds.",
            "It may be recovering after a crash on a slow disk: start again. Nothing was lost.",
        )


def embedded_cluster(data: DataDirectory) -> Cluster:
    """The cluster of a data directory, placed where its account can reach it; says what it had to do in `notes`."""
    data.prepare()
    account = choose_account(data.postgres)
    binaries = find_binaries()
    notes: list[str] = []
    home = data.postgres
    if account.drops_root:
        data.root.chmod(0o711)
        notes.append(f"started by root, so PostgreSQL runs as the account {account.name}")
        if not account.can_reach(data.root):
            home = _place_elsewhere(data)
            notes.append(f"{account.name} cannot reach {data.root}, so the database is in {home.resolve()}")
        if binaries.from_wheel and not account.can_run(binaries):
            binaries = copy_binaries(binaries, _programs_folder(data, home))
    home = home.resolve()
    return Cluster(home, socket_folder(data, home), account, binaries, notes=notes)


def socket_folder(data: DataDirectory, home: Path) -> Path:
    """Beside the database if the kernel can take so long a path, else under the shortest place that is there."""
    beside = home.parent / "run"
    if len(str(beside)) <= LONGEST_SOCKET_FOLDER:
        return beside
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    short = Path(runtime) if runtime and Path(runtime).is_dir() and os.geteuid() else Path(tempfile.gettempdir())
    return short / f"twodesks-{data.instance_id()}"


def database_url(sockets: Path, database: str = DATABASE, role: str = ROLE) -> str:
    return f"postgresql:///{database}?host={sockets}&user={role}"


def embedded_url(data: DataDirectory) -> str:
    """The address of a data directory's own database, running or not."""
    data.prepare()
    return database_url(socket_folder(data, data.postgres.resolve()))


def _place_elsewhere(data: DataDirectory) -> Path:
    """Keep the database under /var/lib and leave a link to it, rather than open the folders on the way."""
    if data.postgres.is_symlink():
        return data.postgres
    if (data.postgres / "PG_VERSION").exists():
        raise CannotStart(
            f"The database in {data.postgres} cannot be reached by the account it belongs to.",
            "Give that account the right to enter the folders above it, or move the data directory, "
            "for example to /var/lib/twodesks, and name it in TWODESKS_DATA.",
        )
    place = ELSEWHERE / f"twodesks-{data.instance_id()}"
    place.mkdir(mode=0o711, exist_ok=True)
    if data.postgres.is_dir():
        data.postgres.rmdir()
    data.postgres.symlink_to(place / "postgres")
    return data.postgres


def _programs_folder(data: DataDirectory, home: Path) -> Path:
    return home.resolve().parent if home.is_symlink() else data.root


def _wait_until_gone(home: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(processes_in(home, "postgres")):
        time.sleep(0.1)
