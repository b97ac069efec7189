"""How quickly chats are brought in, in how much memory, and that a kill loses and doubles nothing.

    make bench-import                 a made-up Slack export of 1,000,000 entries, killed with -9 on the way
    MESSAGES=50000 make bench-import

Makes the export (bench/slack_export.py), starts `twodesks import slack` on an installation of its own, kills it when
two fifths are in, runs the same command again, and counts: every entry is a message here, once, or is left out for a
reason. Then every real export in ../shared/data, or where TWODESKS_BENCH_DATA points. Seconds are from the start of
the import to its end, the time between the kill and the second start taken out; looking at the export is told apart.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.rows import dict_row

from bench.slack_export import Export
from twodesks.server.account import choose_account
from twodesks.server.binaries import copy_binaries, find_binaries
from twodesks.server.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", ROOT.parent / "shared/data"))
RESULTS = Path(__file__).parent / "results" / "import.json"
MESSAGES = int(os.environ.get("MESSAGES", "1000000"))
KILL_AT = 0.4
BAR_A_SECOND = 3_000
BAR_MEMORY_MB = 500
TWODESKS = str(Path(sys.executable).parent / "twodesks")
REAL = (
    ("slack", "slack-houstondatavis"),
    ("stackexchange", "stackexchange/bicycles-meta"),
    ("stackexchange", "stackexchange/constructed-languages"),
)
# What is told of a message beside it, and is no message that was left out.
BESIDE = (
    "file-link-only", "file-gone", "file-packed", "link-preview", "cut", "other-file", "vote",
    "older-wording", "not-asked",
)  # fmt: skip
Run = dict[str, Any]


class Command:
    """`twodesks import` as a process, with the most memory that it held."""

    def __init__(self, environment: dict[str, str], *words: str) -> None:
        self.peak_mb = 0.0
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - read when the process has ended
        self.process = subprocess.Popen(
            [TWODESKS, "import", *words], env=environment, stdout=self._log, stderr=subprocess.STDOUT
        )
        self._watched = psutil.Process(self.process.pid)

    def look(self) -> bool:
        """Whether it still runs."""
        if self.process.poll() is not None:
            return False
        self.peak_mb = max(self.peak_mb, self._watched.memory_info().rss / 2**20)
        return True

    def told(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")


def last_run(database: psycopg.Connection[Any]) -> Run:
    with database.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT * FROM imports_importrun ORDER BY id DESC LIMIT 1")
        return cursor.fetchone() or {"started_at": None, "messages": 0}


def until_end(command: Command) -> None:
    while command.look():
        time.sleep(0.1)
    if command.process.returncode:
        raise SystemExit(command.told()[-3000:])


def counted(run: Run) -> dict[str, int]:
    return {reason: entry["count"] for reason, entry in run["left_out"].items()}


def large(database: psycopg.Connection[Any], environment: dict[str, str], folder: Path) -> dict[str, Any]:
    entries = Export(folder, MESSAGES).write()
    first = Command(environment, "slack", str(folder))
    while first.look():
        run = last_run(database)
        if run["started_at"] is not None and run["messages"] >= entries * KILL_AT:
            break
        time.sleep(0.05)
    first.process.kill()
    first.process.wait()
    killed_at = database.execute("SELECT now()").fetchone()
    at_kill = last_run(database)
    began = database.execute("SELECT now()").fetchone()
    second = Command(environment, "slack", str(folder))
    until_end(second)
    run = last_run(database)
    assert killed_at is not None
    assert began is not None
    seconds = (run["ended_at"] - run["started_at"] - (began[0] - killed_at[0])).total_seconds()
    rows = database.execute(
        "SELECT count(*), count(DISTINCT source_key) FROM conversations_message WHERE source_id = %s",
        [run["source_id"]],
    ).fetchone()
    left = counted(run)
    missing = entries - run["messages"] - sum(count for reason, count in left.items() if reason not in BESIDE)
    peak = max(first.peak_mb, second.peak_mb)
    return {
        "entries": entries,
        "messages": run["messages"],
        "conversations": run["conversations"],
        "left_out": left,
        "seconds": round(seconds, 1),
        "looking_seconds": round((run["looked_at"] - run["asked_at"]).total_seconds(), 1),
        "messages_a_second": round(run["messages"] / seconds),
        "memory_mb": round(peak),
        "killed_at_messages": at_kill["messages"],
        "rows": rows[0] if rows else 0,
        "doubled": rows[0] - rows[1] if rows else 0,
        "unaccounted": missing,
    }


def real(database: psycopg.Connection[Any], environment: dict[str, str]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for kind, name in REAL:
        if not (DATA / name).exists():
            print(f"Skipped: there is no {name} in {DATA}; name its folder in TWODESKS_BENCH_DATA.")
            continue
        until_end(Command(environment, kind, str(DATA / name)))
        run = last_run(database)
        again = Command(environment, kind, str(DATA / name))
        until_end(again)
        told.append(
            {
                "kind": kind,
                "name": name,
                "messages": run["messages"],
                "conversations": run["conversations"],
                "left_out": counted(run),
                "added_by_a_second_run": last_run(database)["messages"],
            }
        )
    return told


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="twodesks-bench-") as place:
        base = Path(place)
        base.chmod(0o711)
        account, binaries = choose_account(base / "cluster"), find_binaries()
        if not account.can_run(binaries):
            binaries = copy_binaries(binaries, base)
        cluster = Cluster(base / "cluster", base / "run", account, binaries, durable=True)
        with cluster.running():
            environment = os.environ | {"DATABASE_URL": cluster.url(), "TWODESKS_DATA": str(base / "data")}
            subprocess.run([TWODESKS, "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
            who = ["--email", "ada@example.org", "--name", "Ada", "--organisation", "Bench"]
            subprocess.run([TWODESKS, "create-admin", *who], env=environment, check=True, stdout=subprocess.DEVNULL)
            with psycopg.connect(cluster.url(), autocommit=True) as database:
                result = {"large": large(database, environment, base / "export"), "real": real(database, environment)}
    report(result)


def report(result: dict[str, Any]) -> None:
    one = result["large"]
    checks = {
        f"{one['messages_a_second']:,} messages a second (bar {BAR_A_SECOND:,})": one["messages_a_second"]
        >= BAR_A_SECOND,
        f"{one['memory_mb']} MB of memory (bar {BAR_MEMORY_MB})": one["memory_mb"] < BAR_MEMORY_MB,
        f"killed at {one['killed_at_messages']:,}, {one['doubled']} doubled": one["doubled"] == 0,
        f"{one['unaccounted']} of {one['entries']:,} entries unaccounted for": one["unaccounted"] == 0,
        "real exports: a second run adds nothing": all(not each["added_by_a_second_run"] for each in result["real"]),
    }
    for words, holds in checks.items():
        print(f"{'ok  ' if holds else 'FAIL'} {words}")
    for each in result["real"]:
        print(f"     {each['name']}: {each['messages']:,} messages, left out {each['left_out']}")
    if MESSAGES == 1_000_000:
        RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    if not all(checks.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
