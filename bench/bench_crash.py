"""Nothing lost: kill -9 of web, worker and PostgreSQL in turn, at random moments, while somebody records.

    make bench-crash            20 kills during a recording of four minutes and its captioning
    KILLS=6 LENGTH=60 make bench-crash

A recording is streamed through the real door as a browser streams it, a piece a second. After the last kill it is
finished, and then all of this must hold: every byte that was acknowledged is in the file, every job has ended, the
recording is ready, and its captions go to its end and are those of an undisturbed capture of the same file.
"""

import hashlib
import json
import os
import random
import secrets
import signal
import tempfile
import threading
import time
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import django
import httpx
import numpy as np
import psutil

from bench.bench_pages import BASE, installation
from twodesks.media.tests import films
from twodesks.speech.capture import capture_file
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcribers import load_transcriber

KILLS = int(os.environ.get("KILLS", "20"))
LENGTH_S = int(os.environ.get("LENGTH", "240"))
SEED = int(os.environ.get("SEED", "1"))
VICTIMS = ("web", "worker", "postgres")
READY_WITHIN_S = 600
LEAST_ALIKE = 0.97
RESULTS = Path(__file__).parent / "results" / "crash.json"


def spoken(seconds: int) -> bytes:
    """Real readings one after another, as a browser records them: WebM with Opus, without length or index."""

    def readings(length: float) -> Any:
        parts = [films.speech(60, name) for name in ("two_cities", "beckett")]
        once = np.concatenate(parts)
        return np.tile(once, int(length * films.RATE / len(once)) + 1)[: round(length * films.RATE)]

    return films.film("webm", seconds=seconds, live=True, sound=readings)


class Sender:
    """What a browser does: pieces in order, after each failure asking how far the server is."""

    def __init__(self, client: httpx.Client, address: str, content: bytes) -> None:
        self._client = client
        self._address = address
        self._content = content
        self.acknowledged = 0
        self.retreats: list[tuple[int, int]] = []

    def run(self, seconds: int) -> None:
        size = -(-len(self._content) // seconds)
        began = time.monotonic()
        while self.acknowledged < len(self._content):
            due = self.acknowledged / size
            time.sleep(max(0.0, due - (time.monotonic() - began)))
            self._send(size)

    def _send(self, size: int) -> None:
        piece = self._content[self.acknowledged : self.acknowledged + size]
        try:
            answer = self._client.patch(
                self._address,
                content=piece,
                headers={
                    "Tus-Resumable": "1.0.0",
                    "Upload-Offset": str(self.acknowledged),
                    "Content-Type": "application/offset+octet-stream",
                },
            )
        except httpx.HTTPError:
            answer = None
        if answer is not None and answer.status_code == 204:
            self.acknowledged = int(answer.headers["Upload-Offset"])
            return
        time.sleep(0.5)
        self._ask()

    def _ask(self) -> None:
        try:
            answer = self._client.head(self._address, headers={"Tus-Resumable": "1.0.0"})
        except httpx.HTTPError:
            return
        if answer.status_code == 200:
            offset = int(answer.headers["Upload-Offset"])
            if offset < self.acknowledged:
                self.retreats.append((self.acknowledged, offset))
            self.acknowledged = offset


def victims(run: psutil.Process, kind: str) -> list[psutil.Process]:
    """Processes of our own installation, of that kind, the one that leads first."""
    found = []
    for process in run.children(recursive=True):
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if (kind == "postgres" and "postgres" in line and " -D" in line) or (
            kind != "postgres" and "twodesks" in line and f" {kind}" in line
        ):
            found.append(process)
    return found


def kill_in_turn(run: psutil.Process, random_moment: random.Random, done: threading.Event, log: list[str]) -> None:
    span = LENGTH_S / (KILLS + 1)
    for number in range(KILLS):
        if done.wait(random_moment.uniform(0.4, 1.6) * span):
            return
        kind = VICTIMS[number % len(VICTIMS)]
        for _ in range(100):
            if found := victims(run, kind):
                found[0].send_signal(signal.SIGKILL)
                log.append(kind)
                print(f"  killed {kind} ({len(log)} of {KILLS})", flush=True)
                break
            time.sleep(0.1)


def patiently(client: httpx.Client, method: str, address: str, **more: Any) -> httpx.Response:
    """Ask until the server answers; it may be coming up again."""
    for _ in range(240):
        try:
            answer = client.request(method, address, **more)
            if answer.is_success:
                return answer
            print(f"  {answer.status_code} from {address}: {answer.text[:200]}")
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"{method} {address} was never answered")


def words_of(cues: list[dict[str, Any]]) -> list[str]:
    return " ".join(cue["text"] for cue in cues).lower().split()


def record_under_fire(data: Path, content: bytes) -> dict[str, Any]:
    with installation(data) as process:
        client = sign_in(data)
        started = patiently(
            client,
            "POST",
            f"{BASE}/recordings/start",
            json={"kind": "voice", "content_type": "audio/webm", "title": "A"},
        ).json()
        sender = Sender(client, BASE + started["upload_url"], content)
        done = threading.Event()
        log: list[str] = []
        killer = threading.Thread(
            target=kill_in_turn, args=[psutil.Process(process.pid), random.Random(SEED), done, log]
        )
        killer.start()
        sender.run(LENGTH_S)
        address = f"{BASE}/recordings/{started['recording_id']}"
        patiently(client, "POST", f"{address}/finish", json={})
        finished_at = time.monotonic()
        killer.join()
        status = wait_until_ready(client, address)
        ready_s = time.monotonic() - finished_at
        jobs = unended_jobs()
        words = words_of(status["captions"]["cues"])
        kept = list((data / "media" / "originals").rglob("*.webm"))
        done.set()
    return {
        "kills": log,
        "retreats": sender.retreats,
        "bytes_kept": len(kept) == 1 and sha(kept[0].read_bytes()) == sha(content),
        "steps": {step["name"]: step["state"] for step in status["steps"]},
        "unended_jobs": jobs,
        "words": words,
        "last_cue_ends_ms": status["captions"]["cues"][-1]["end_ms"] if status["captions"]["cues"] else 0,
        "ready_after_finish_s": round(ready_s, 1),
    }


def wait_until_ready(client: httpx.Client, address: str) -> dict[str, Any]:
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        status: dict[str, Any] = patiently(client, "GET", f"{address}/status").json()
        if status["state"] in ("ready", "failed") or time.monotonic() > deadline:
            return status
        time.sleep(1)


def unended_jobs() -> int:
    """Jobs that are neither done nor waiting for a time to come; they are given four minutes to end."""
    from django.db import connection  # noqa: PLC0415 - after the environment is set

    for _ in range(120):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND "
                "(scheduled_at IS NULL OR scheduled_at < now() - interval '30 seconds')"
            )
            count = int(cursor.fetchone()[0])
        if not count:
            return 0
        time.sleep(2)
    return count


def sign_in(data: Path) -> httpx.Client:
    """A member of an organisation of one, with a session as a browser has it."""
    from twodesks.server.cluster import embedded_cluster  # noqa: PLC0415
    from twodesks.server.data import DataDirectory  # noqa: PLC0415

    os.environ |= {
        "TWODESKS_DATA": str(data),
        "DATABASE_URL": embedded_cluster(DataDirectory(data)).url(),
        "DJANGO_SETTINGS_MODULE": "twodesks.project.settings",
    }
    django.setup()
    from django.test import Client  # noqa: PLC0415

    from twodesks.kit.actor import Door, system  # noqa: PLC0415
    from twodesks.people.operations.found_organisation import found_organisation  # noqa: PLC0415

    member = found_organisation(
        actor=system(Door.CLI), organisation_name="Bench", name="Bob Explainer", email="bob@example.org", password=None
    )
    browser = Client()
    browser.force_login(member)
    token = secrets.token_hex(16)
    cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": token}
    return httpx.Client(cookies=cookies, headers={"X-CSRFToken": token, "Accept": "application/json"}, timeout=30)


def undisturbed(content: bytes) -> list[str]:
    """The words of a plain capture of the same file."""
    with tempfile.NamedTemporaryFile(suffix=".webm") as file:
        file.write(content)
        file.flush()
        transcriber = load_transcriber(SpeechSettings.from_environment())
        return [word.text.lower() for word in capture_file(file.name, transcriber).words]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> None:
    content = spoken(LENGTH_S)
    with tempfile.TemporaryDirectory(prefix="twodesks-crash-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        found = record_under_fire(Path(folder), content)
        words = found.pop("words")
        found["captions_alike"] = round(SequenceMatcher(None, words, undisturbed(content), autojunk=False).ratio(), 4)
    found["words"] = len(words)
    checks = {
        "all kills done": len(found["kills"]) == KILLS,
        "no acknowledged byte asked for again": not found["retreats"],
        "every byte is there": found["bytes_kept"],
        "every step finished": set(found["steps"].values()) == {"finished"},
        "every job ended": found["unended_jobs"] == 0,
        "captions go to the end": found["last_cue_ends_ms"] > (LENGTH_S - 10) * 1000,
        "captions are those of an undisturbed capture": found["captions_alike"] >= LEAST_ALIKE,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found | {"seconds": LENGTH_S, "checks": checks}, indent=2) + "\n", encoding="utf-8")
    for check, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'} {check}")
    print(json.dumps(found))
    if not all(checks.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
