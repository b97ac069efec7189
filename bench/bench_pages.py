"""How quick pages are, how heavy, and what an idle installation holds in memory.

    make bench-pages            20,000 insights, 8 clients, 400 requests a page
    INSIGHTS=2000 REQUESTS=100 PAGES=home,course make bench-pages
    KEEP=/tmp/pages make bench-pages        leaves the filled installation there, and measures it again the next time

Starts `twodesks run` on an empty data directory, loads a library by the operations' tables, and asks each page through
the real server as eight signed-in members at once. Times are the client's: server, network on this machine and all.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any

import django
import httpx
import psutil

from bench.vocabulary import said, words

CLIENTS = int(os.environ.get("CLIENTS", "8"))
INSIGHTS = int(os.environ.get("INSIGHTS", "20000"))
CONVERSATIONS = int(os.environ.get("CONVERSATIONS", "20000"))
REQUESTS = int(os.environ.get("REQUESTS", "400"))
PAGES = os.environ.get("PAGES", "")
KEEP = os.environ.get("KEEP", "")
PORT = int(os.environ.get("PORT", "8391"))
BAR_MS = 100
# While somebody types: what is there already, who knows, and where to ask.
BARS_MS = {"ask": 120, "ask-typing": 120}
BAR_MEMORY_MB = 600
BASE = f"http://127.0.0.1:{PORT}"
RESULTS = Path(__file__).parent / "results" / "pages.json"


@contextmanager
def installation(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`twodesks run` on an empty data directory until it is ready; stopped in order afterwards."""
    command = [str(Path(sys.executable).parent / "twodesks"), "run", "--port", str(PORT)]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment | {"TWODESKS_DATA": str(data), "BASE_URL": BASE}, stdout=log, stderr=log
        )
        try:
            for _ in range(240):
                if process.poll() is not None:
                    raise SystemExit((data / "log").read_text(errors="replace")[-3000:])
                try:
                    if httpx.get(f"{BASE}/readyz", timeout=2).status_code == 200:
                        break
                except httpx.HTTPError:
                    time.sleep(0.5)
            else:
                raise SystemExit("twodesks run did not become ready within two minutes")
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def memory_mb(process: subprocess.Popen[bytes]) -> dict[str, float]:
    """Proportional set size (shared pages counted once between those who share them) of every process, in MB."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    held: dict[str, float] = {}
    for member in family:
        try:
            words = [Path(word).name for word in member.cmdline()[1:3]]
            name = "postgres" if "postgres" in member.name() else " ".join(words) or member.name()
            held[name] = held.get(name, 0.0) + member.memory_full_info().pss / 1e6
        except psutil.NoSuchProcess:
            continue
    return held


def load_library(data: Path) -> dict[str, Any]:
    """Members, channels, insights, a recording and a course. Returns the addresses to ask and each client's cookie."""
    from twodesks.server.cluster import embedded_cluster  # noqa: PLC0415 - after the environment is set
    from twodesks.server.data import DataDirectory  # noqa: PLC0415

    os.environ |= {
        "TWODESKS_DATA": str(data),
        "DATABASE_URL": embedded_cluster(DataDirectory(data)).url(),
        "DJANGO_SETTINGS_MODULE": "twodesks.project.settings",
    }
    django.setup()
    from bench.library import fill  # noqa: PLC0415
    from bench.stand_in_vectors import give_vectors  # noqa: PLC0415

    filled_before = data / "bench.json"
    if filled_before.exists():
        filled: dict[str, Any] = json.loads(filled_before.read_text())
    else:
        filled = fill(insights=INSIGHTS, conversations=CONVERSATIONS, clients=CLIENTS)
        filled_before.write_text(json.dumps(filled))
    give_vectors(words())
    return filled


def ask(address: str, cookies: list[str]) -> list[float]:
    """Milliseconds of each answer, `REQUESTS` in all, by eight clients at once."""
    times: list[float] = []
    failures: list[int] = []
    lock = threading.Lock()
    chance = random.Random(7)

    def one(cookie: str) -> None:
        # The plainest client there is: it shares the machine with what it measures.
        client = HTTPConnection("127.0.0.1", PORT, timeout=30)
        with closing(client):
            for _ in range(REQUESTS // CLIENTS):
                with lock:
                    target = address.replace("{q}", f"{said(chance, 3)} when {said(chance, 1)}".replace(" ", "+"))
                begun = time.perf_counter()
                client.request("GET", target, headers={"Cookie": f"sessionid={cookie}"})
                answer = client.getresponse()
                answer.read()
                taken = (time.perf_counter() - begun) * 1000
                with lock:
                    times.append(taken)
                    if answer.status != 200:
                        failures.append(answer.status)

    threads = [threading.Thread(target=one, args=(cookie,)) for cookie in cookies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{address} answered {failures[0]} ({len(failures)} of {len(times)} times)")
    return sorted(times)


def main() -> None:
    data = Path(KEEP) if KEEP else Path(tempfile.mkdtemp(prefix="td-pages-", dir="/tmp"))
    data.mkdir(exist_ok=True)
    data.chmod(0o755)
    result: dict[str, Any] = {
        "insights": INSIGHTS,
        "conversations": CONVERSATIONS,
        "clients": CLIENTS,
        "requests": REQUESTS,
        "pages": {},
    }
    try:
        with installation(data) as process:
            time.sleep(8)
            held = memory_mb(process)
            result["idle_memory_mb"] = {name: round(size) for name, size in held.items()}
            result["idle_memory_total_mb"] = round(sum(held.values()))
            loaded = load_library(data)
            wanted = PAGES.split(",") if PAGES else list(loaded["addresses"])
            for name in wanted:
                address = loaded["addresses"][name]
                ask(address, loaded["cookies"][:2])
                times = ask(address, loaded["cookies"])
                result["pages"][name] = {
                    "p50_ms": round(median(times), 1),
                    "p95_ms": round(times[int(len(times) * 0.95)], 1),
                }
    finally:
        if not KEEP:
            shutil.rmtree(data, ignore_errors=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{INSIGHTS:,} insights, {CONVERSATIONS:,} conversations, {CLIENTS} clients, {REQUESTS} requests a page")
    print(f"bar p95 {BAR_MS} ms; while asking {BARS_MS['ask']} ms\n")
    print(f"{'page':<12}{'p50 ms':>9}{'p95 ms':>9}")
    for name, row in result["pages"].items():
        over = "" if row["p95_ms"] <= BARS_MS.get(name, BAR_MS) else "  over the bar"
        print(f"{name:<12}{row['p50_ms']:>9}{row['p95_ms']:>9}{over}")
    print(f"\nidle memory of all processes: {result['idle_memory_total_mb']} MB (bar {BAR_MEMORY_MB})")
    for name, size in result["idle_memory_mb"].items():
        print(f"  {size:>5} MB  {name}")


if __name__ == "__main__":
    main()
