"""The embedded PostgreSQL: made, started, kept private, and cleared up after crashes."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from twodesks.server.cluster import Cluster, embedded_cluster, embedded_url, socket_folder
from twodesks.server.configuration import server_settings
from twodesks.server.data import DataDirectory, InUse
from twodesks.server.problems import CannotStart
from twodesks.server.processes import processes_in

KILLED_SUPERVISOR = """
import sys, time
from pathlib import Path
from twodesks.server.cluster import embedded_cluster
from twodesks.server.data import DataDirectory
cluster = embedded_cluster(DataDirectory(Path(sys.argv[1])))
cluster.prepare()
cluster.start()
cluster.ensure_database()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def cluster(data_directory: DataDirectory) -> Iterator[Cluster]:
    with embedded_cluster(data_directory).running() as running:
        yield running


def test_everything_needed_is_there_without_rights_to_more(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url()) as database:
        extensions = {row[0] for row in database.execute("SELECT extname FROM pg_extension")}
        role = database.execute(
            "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        durable = database.execute(
            "SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('listen_addresses')"
        ).fetchone()
    assert {"vector", "pg_trgm", "unaccent"} <= extensions
    assert ("pg_textsearch" in extensions) == (cluster.binaries.textsearch is not None)
    assert role == (False, False, False)
    assert durable == ("on", "on", "")


def test_socket_is_private_to_its_user(cluster: Cluster) -> None:
    folder = cluster.sockets.stat()
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert folder.st_uid == cluster.account.uid
    assert stat.S_IMODE(cluster.home.stat().st_mode) == 0o700


def test_what_was_committed_survives_a_kill_of_the_server(data_directory: DataDirectory) -> None:
    cluster = embedded_cluster(data_directory)
    with cluster.running():
        with psycopg.connect(cluster.url(), autocommit=True) as database:
            database.execute("CREATE TABLE kept (n int)")
            database.execute("INSERT INTO kept VALUES (7)")
        assert cluster.process is not None
        cluster.process.kill()
        cluster.process.wait()
    with (
        embedded_cluster(data_directory).running() as again,
        psycopg.connect(again.url()) as database,
    ):
        assert database.execute("SELECT n FROM kept").fetchone() == (7,)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
def test_server_ends_with_a_killed_supervisor(data_directory: DataDirectory) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", KILLED_SUPERVISOR, str(data_directory.root)], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline().strip() == "ready"
    home = data_directory.postgres.resolve()
    assert list(processes_in(home, "postgres"))
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    deadline = time.monotonic() + 20
    while any(processes_in(home, "postgres")) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not list(processes_in(home, "postgres"))


def test_orphans_of_a_killed_server_do_not_stop_the_next(data_directory: DataDirectory) -> None:
    first = embedded_cluster(data_directory)
    first.prepare()
    process = first.start()
    first.ensure_database()
    helper = next(child for child in processes_in(first.home, "postgres") if child.pid != process.pid)
    os.kill(helper.pid, signal.SIGSTOP)  # a session that does not notice that its server is gone
    process.kill()
    process.wait()
    with embedded_cluster(data_directory).running() as again:
        assert again.answers()
        assert any("crash" in note for note in again.notes)


def test_a_long_path_still_gets_a_short_socket(tmp_path: Path) -> None:
    deep = DataDirectory(tmp_path / ("d" * 60) / ("e" * 60))
    deep.prepare()
    folder = socket_folder(deep, deep.postgres)
    assert len(str(folder / ".s.PGSQL.5432")) < 100
    assert str(folder) in embedded_url(deep)


def test_two_commands_cannot_run_one_data_directory(data_directory: DataDirectory) -> None:
    data_directory.prepare()
    other = DataDirectory(data_directory.root)
    with data_directory.lock(), pytest.raises(InUse, match="running already") as refusal, other.lock():
        pass
    assert str(os.getpid()) in refusal.value.detail


def test_database_of_another_version_is_left_alone(data_directory: DataDirectory) -> None:
    cluster = embedded_cluster(data_directory)
    cluster.prepare()
    (cluster.home / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart, match="PostgreSQL 12"):
        cluster.prepare()


def test_foreign_files_are_not_taken_for_a_database(data_directory: DataDirectory) -> None:
    data_directory.prepare()
    data_directory.postgres.mkdir()
    (data_directory.postgres / "holiday.jpg").write_text("x")
    with pytest.raises(CannotStart, match="no PostgreSQL"):
        embedded_cluster(data_directory).prepare()
    assert (data_directory.postgres / "holiday.jpg").exists()


def test_administrators_own_settings_win(data_directory: DataDirectory) -> None:
    cluster = embedded_cluster(data_directory)
    cluster.prepare()
    own = cluster.home / "postgresql.conf"
    own.write_text(own.read_text() + "work_mem = '9MB'\n")
    with (
        embedded_cluster(data_directory).running() as again,
        psycopg.connect(again.url()) as database,
    ):
        assert database.execute("SHOW work_mem").fetchone() == ("9MB",)


def test_memory_is_shared_out_within_bounds() -> None:
    small = server_settings(Path("/run"), 1 << 30, durable=True)
    large = server_settings(Path("/run"), 1 << 38, durable=True)
    assert (small["shared_buffers"], large["shared_buffers"]) == ("128MB", "1024MB")


def test_secret_key_is_made_once_and_private(data_directory: DataDirectory) -> None:
    key = data_directory.read_secret_key()
    assert len(key) >= 50
    assert data_directory.read_secret_key() == key
    assert stat.S_IMODE(data_directory.secret_key.stat().st_mode) == 0o600
