"""How long the whole of a search takes, asked by several clients at once."""

import multiprocessing
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import django
from django.db import connection

from twodesks.kit.actor import Actor
from twodesks.search.queries import engines as engines_module
from twodesks.search.queries import search


@dataclass(frozen=True)
class Times:
    """Milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    a_second: float
    hits: float


def measure(actor: Actor, questions: Sequence[str], *, clients: int, seconds: float) -> Times:
    """Processes of their own, as web workers are; each asks its own questions, one after another, none twice."""
    context = multiprocessing.get_context("fork")
    ready, results = context.Barrier(clients + 1), context.Queue()
    connection.close()
    shares = [list(questions[number::clients]) for number in range(clients)]
    processes = [
        context.Process(target=_ask, args=(actor, share, seconds, ready, results), daemon=True) for share in shares
    ]
    for process in processes:
        process.start()
    ready.wait()
    started = time.perf_counter()
    told = [results.get() for _ in processes]
    wall = time.perf_counter() - started
    for process in processes:
        process.join()
    times = sorted(taken for each, _ in told for taken in each)
    hits = sum(count for _, count in told)
    return Times(
        count=len(times),
        p50=round(statistics.median(times), 1),
        p95=round(times[int(len(times) * 0.95)], 1),
        p99=round(times[int(len(times) * 0.99)], 1),
        a_second=round(len(times) / wall, 1),
        hits=round(hits / len(times), 1),
    )


def _ask(actor: Actor, questions: Sequence[str], seconds: float, ready: object, results: object) -> None:
    django.setup()
    # No question is remembered: each is embedded.
    engines_module.MOST_REMEMBERED_QUESTIONS = 0
    for question in questions[:20]:
        search(actor, question)
    ready.wait()  # type: ignore[attr-defined]
    times: list[float] = []
    hits = 0
    deadline = time.perf_counter() + seconds
    place = 20
    while time.perf_counter() < deadline:
        started = time.perf_counter()
        result = search(actor, questions[place % len(questions)])
        times.append((time.perf_counter() - started) * 1000)
        hits += len(result.hits)
        place += 1
    results.put((times, hits))  # type: ignore[attr-defined]
