"""How well search finds, and how fast it answers.

    make bench-search                        quality, and speed at 10,000 and 100,000 passages
    SIZES=1000000 make bench-search          a million: an hour, most of it the index of vectors; 6 GB of disk
    QUALITY=no SIZES=10000 SECONDS=10 make bench-search

Speed: natural questions of 5 to 12 words, 4 clients in processes of their own, through the whole of `search`: reading
the question, embedding it, the statement with the member's visibility, the excerpts. With pg_textsearch and without.
The texts are real passages with a third of their words exchanged (bench/search_corpus.py). Up to 9,088 passages the
vectors come from the model; beyond that each is the vector of the real passage with as much noise as exchanging those
words was measured to bring, so they cluster as real ones do but were not each computed.

The data are in ../shared/data, or where TWODESKS_BENCH_DATA points.
"""

import gc
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
import psycopg

from twodesks.server.account import choose_account
from twodesks.server.binaries import copy_binaries, find_binaries
from twodesks.server.cluster import Cluster, database_url
from twodesks.server.configuration import SUPERUSER

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", ROOT.parent / "shared/data"))
CACHE = Path(os.environ.get("CACHE", ROOT / ".cache/bench"))
SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000").split(",") if size]
SECONDS = float(os.environ.get("SECONDS", "30"))
CLIENTS = int(os.environ.get("CLIENTS", "4"))
QUALITY = os.environ.get("QUALITY", "yes") != "no"
MODEL = os.environ.get("TWODESKS_EMBEDDING_MODEL", "minilm")
RESULTS = Path(__file__).parent / "results" / "search.json"
BARS_MS = {100_000: 30, 1_000_000: 60}


@contextmanager
def server(folder: Path) -> Iterator[Cluster]:
    """A PostgreSQL set up as the embedded one is, durable settings and all."""
    folder.chmod(0o711)
    account = choose_account(folder / "cluster")
    binaries = find_binaries()
    if not account.can_run(binaries):
        binaries = copy_binaries(binaries, folder)
    with Cluster(folder / "cluster", folder / "run", account, binaries).running() as cluster:
        yield cluster


def main() -> None:
    if not DATA.is_dir():
        raise SystemExit(f"There is no data in {DATA}; name its folder in TWODESKS_BENCH_DATA.")
    folder = Path(tempfile.mkdtemp(prefix="twodesks-bench-search-", dir=os.environ.get("WORK")))
    try:
        with server(folder) as cluster:
            _configure(cluster, folder)
            results = _measure(cluster)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    RESULTS.parent.mkdir(exist_ok=True)
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps(kept | results, indent=2) + "\n")


def _configure(cluster: Cluster, folder: Path) -> None:
    os.environ |= {
        "DATABASE_URL": cluster.url(),
        "TWODESKS_DATA": str(folder / "data"),
        "SECRET_KEY": "only-for-measuring",
        "DJANGO_SETTINGS_MODULE": "twodesks.project.settings",
    }
    django.setup()


def _measure(cluster: Cluster) -> dict[str, Any]:
    from bench.search_report import quality, speed  # noqa: PLC0415 - models can be named once Django is set up

    results: dict[str, Any] = {}
    if QUALITY:
        _fresh_database(cluster, "quality")
        results[f"quality {MODEL}"] = quality(DATA, _tell)
    for size in SIZES:
        _fresh_database(cluster, f"speed_{size}")
        measured = speed(DATA, CACHE, size, clients=CLIENTS, seconds=SECONDS, tell=_tell)
        results[f"speed {size}"] = {name: asdict(times) for name, times in measured.items()}
        bar = BARS_MS.get(size)
        if bar:
            worst = max(times.p95 for name, times in measured.items() if name in ("bm25", "fulltext"))
            _tell(f"bar at {size:,}: p95 under {bar} ms: {'met' if worst < bar else 'missed'} ({worst} ms)")
        gc.collect()
    return results


def _fresh_database(cluster: Cluster, name: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    connection.close()
    with psycopg.connect(database_url(cluster.sockets, "postgres", SUPERUSER), autocommit=True) as server_connection:
        server_connection.execute(f"CREATE DATABASE {name} OWNER twodesks")
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
