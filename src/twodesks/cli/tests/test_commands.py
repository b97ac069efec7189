"""The commands, as a person at a terminal calls them: processes of their own, on data directories of their own."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from twodesks.server.data import DataDirectory

Twodesks = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(data: DataDirectory) -> dict[str, str]:
    named = {"TWODESKS_DATA": str(data.root), "BASE_URL": "http://localhost:1", "TWODESKS_LOG_FORMAT": "json"}
    return {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "SECRET_KEY")} | named


@pytest.fixture
def twodesks(data_directory: DataDirectory) -> Twodesks:
    def call(
        *arguments: str, text: str = "", data: DataDirectory = data_directory
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "twodesks", *arguments],
            env=environment(data) | {"COLUMNS": "200"},
            input=text,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    return call


def make_administrator(twodesks: Twodesks, name: str = "Ada Admin") -> "subprocess.CompletedProcess[str]":
    email = f"{name.split()[0].lower()}@example.org"
    return twodesks("create-admin", "--name", name, "--email", email, "--organisation", "Acme")


def test_every_command_tells_what_it_does(twodesks: Twodesks) -> None:
    told = twodesks("--help")
    assert told.returncode == 0
    for name in ("run", "web", "worker", "migrate", "create-admin", "backup", "restore", "doctor"):
        assert name in told.stdout
    assert "--force" in twodesks("restore", "--help").stdout


def test_first_administrator_founds_the_organisation_and_gets_a_link(twodesks: Twodesks) -> None:
    first = make_administrator(twodesks)
    assert first.returncode == 0, first.stderr
    assert "http://localhost:1/sign-in/link/" in first.stdout
    again = make_administrator(twodesks)
    assert again.returncode == 1
    assert "member already" in again.stderr
    assert "Traceback" not in again.stderr
    link = twodesks("sign-in-link", "ADA@example.org")
    assert "http://localhost:1/sign-in/link/" in link.stdout
    nobody = twodesks("sign-in-link", "nobody@example.org")
    assert nobody.returncode == 1
    assert "No active member has the address" in nobody.stderr
    weak = twodesks("create-admin", "--name", "Ben", "--email", "b@example.org", "--password", text="1234\n")
    assert weak.returncode == 1
    assert "too short" in weak.stderr


def test_backup_comes_back_whole(twodesks: Twodesks, data_directory: DataDirectory, tmp_path: Path) -> None:
    make_administrator(twodesks)
    recording = data_directory.media / "originals" / "réunion.webm"
    recording.parent.mkdir()
    recording.write_bytes(os.urandom(300_000))
    target = tmp_path / "kept.tar"
    made = twodesks("backup", str(target))
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() == str(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.glob(".*")] == []

    elsewhere = DataDirectory(data_directory.root.parent / "elsewhere")
    restored = twodesks("restore", str(target), data=elsewhere)
    assert restored.returncode == 0, restored.stderr
    assert (elsewhere.media / "originals" / "réunion.webm").read_bytes() == recording.read_bytes()
    assert elsewhere.secret_key.read_text() == data_directory.secret_key.read_text()
    taken = twodesks("create-admin", "--name", "Ada Admin", "--email", "ada@example.org", data=elsewhere)
    assert "member already" in taken.stderr


def test_restore_leaves_an_installation_alone_unless_forced(
    twodesks: Twodesks, data_directory: DataDirectory, tmp_path: Path
) -> None:
    make_administrator(twodesks)
    target = tmp_path / "kept.tar"
    twodesks("backup", str(target))
    make_administrator(twodesks, "Later Lee")
    refused = twodesks("restore", str(target))
    assert refused.returncode == 1
    assert "There is an installation" in refused.stderr
    forced = twodesks("restore", "--force", str(target))
    assert forced.returncode == 0, forced.stderr
    later = make_administrator(twodesks, "Later Lee")
    assert later.returncode == 0, "who came after the backup is gone with it"


@pytest.mark.parametrize("damage", ["text", "another tar", "half", "flipped"])
def test_what_is_not_a_whole_backup_changes_nothing(
    twodesks: Twodesks, data_directory: DataDirectory, tmp_path: Path, damage: str
) -> None:
    target = tmp_path / "kept.tar"
    if damage == "text":
        target.write_text("hello")
    elif damage == "another tar":
        with tarfile.open(target, "w") as archive:
            archive.add(__file__, "../../escape.py")
    else:
        assert make_administrator(twodesks).returncode == 0
        assert twodesks("backup", str(target)).returncode == 0
        whole = target.read_bytes()
        middle = len(whole) // 2
        flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
        target.write_bytes(whole[:middle] if damage == "half" else flipped)
    elsewhere = DataDirectory(data_directory.root.parent / "elsewhere")
    refused = twodesks("restore", str(target), data=elsewhere)
    assert refused.returncode == 1
    assert "Nothing was changed" in refused.stderr
    assert not (elsewhere.postgres / "PG_VERSION").exists()


def test_doctor_finds_what_is_wrong(
    twodesks: Twodesks, data_directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_administrator(twodesks)
    data_directory.secret_key.chmod(0o644)
    monkeypatch.setenv("TWODESKS_LLM_URL", "example.org/v1")
    monkeypatch.setenv("TWODESKS_LLM_MODEL", "small")
    told = twodesks("doctor")
    assert told.returncode == 1
    assert "others can read it" in told.stdout
    assert f"chmod 600 {data_directory.secret_key}" in told.stdout.replace("\n", "")
    assert "TWODESKS_LLM_URL must begin with http:// or https://" in told.stdout
    assert "PostgreSQL 18" in told.stdout or "PostgreSQL 1" in told.stdout


class Running:
    """`twodesks run` on a free port, with its output in a file."""

    def __init__(self, data: DataDirectory, log: Path) -> None:
        self.port = free_port()
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "twodesks", "run", "--port", str(self.port), "--workers", "1"],
                env=environment(data),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> None:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            if "Press Ctrl-C" in self.log.read_text() and self.status("/readyz") == 200:
                return
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.2)
        raise AssertionError(self.log.read_text())

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0

    def child(self, *words: str) -> psutil.Process:
        for process in psutil.Process(self.process.pid).children():
            if all(word in " ".join(process.cmdline()) for word in words):
                return process
        raise AssertionError(f"no {words} among the children")


@pytest.fixture
def running(data_directory: DataDirectory, tmp_path: Path) -> Iterator[Running]:
    one = Running(data_directory, tmp_path / "log")
    try:
        one.wait()
        yield one
    finally:
        one.process.terminate()
        one.process.wait(60)


def test_run_serves_restarts_and_stops(running: Running, twodesks: Twodesks) -> None:
    assert running.status("/healthz") == 200
    second = twodesks("run", "--port", str(free_port()))
    assert second.returncode == 1
    assert "running already" in second.stderr
    for words in (("twodesks", "web"), ("twodesks", "worker"), ("postgres",)):
        victim = running.child(*words)
        victim.kill()
        psutil.wait_procs([victim], timeout=10)
        running.wait()
        assert running.child(*words).pid != victim.pid
    everybody = psutil.Process(running.process.pid).children(recursive=True)
    assert len(everybody) > 5
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(60) == 0
    _, alive = psutil.wait_procs(everybody, timeout=5)
    assert alive == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has died")
def test_nothing_outlives_a_killed_supervisor(running: Running) -> None:
    everybody = psutil.Process(running.process.pid).children(recursive=True)
    running.process.kill()
    _, alive = psutil.wait_procs(everybody, timeout=30)
    assert alive == []


def test_taken_port_is_told_in_words(twodesks: Twodesks) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        refused = twodesks("run", "--port", port)
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
