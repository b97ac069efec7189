"""Every job ends: what a worker left behind is taken up, or given up when it ends its workers again and again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app as jobs
from procrastinate.worker import Worker

from twodesks.activity.queue import defer_job
from twodesks.cli import job_keeper
from twodesks.cli.job_keeper import MOST_ATTEMPTS, keep_jobs_moving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_keeper, "LOOK_EVERY_S", 0.05)


@pytest.fixture
def keep() -> Callable[..., None]:
    def for_a_moment(*, worker_of_ours: int | None = None) -> None:
        async def look() -> None:
            async with jobs.open_async():
                ours = Worker(jobs, queues=["default"])
                ours.worker_id = worker_of_ours
                with suppress(TimeoutError):
                    await asyncio.wait_for(keep_jobs_moving(jobs.job_manager, [ours]), 0.6)

        with jobs.replace_connector(jobs.connector.get_worker_connector()):  # type: ignore[attr-defined]
            asyncio.run(look())

    return for_a_moment


def sql(query: str, *values: int | None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def worker(seconds_ago: int) -> int:
    number: int = sql(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        seconds_ago,
    )
    return number


def job_of(worker_id: int | None, *, attempts: int = 0, once: str | None = None) -> int:
    defer_job("activity.forget_live_events", once=once, timestamp=1)
    number: int = sql("SELECT max(id) FROM procrastinate_jobs")
    sql(
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = %s WHERE id = %s RETURNING id",
        worker_id,
        attempts,
        number,
    )
    return number


def status(number: int) -> str:
    told: str = sql("SELECT status FROM procrastinate_jobs WHERE id = %s", number)
    return told


def test_job_of_a_dead_worker_is_taken_up(keep: Callable[..., None]) -> None:
    left = job_of(worker(seconds_ago=60))
    keep()
    assert status(left) == "todo"


def test_job_of_a_worker_that_signed_off_is_taken_up_at_once(keep: Callable[..., None]) -> None:
    left = job_of(None)
    keep()
    assert status(left) == "todo"


def test_job_of_a_living_worker_is_left_to_it(keep: Callable[..., None]) -> None:
    busy = job_of(worker(seconds_ago=5))
    keep()
    assert status(busy) == "doing"


def test_job_whose_end_could_not_be_written_down_is_taken_up(keep: Callable[..., None]) -> None:
    ours = worker(seconds_ago=0)
    lost = job_of(ours)
    keep(worker_of_ours=ours)
    assert status(lost) == "todo"


def test_job_that_ends_its_workers_again_and_again_is_given_up(keep: Callable[..., None]) -> None:
    poison = job_of(worker(seconds_ago=60), attempts=MOST_ATTEMPTS)
    keep()
    assert status(poison) == "failed"


def test_job_whose_like_waits_already_gives_way(keep: Callable[..., None]) -> None:
    left = job_of(worker(seconds_ago=60), once="tidy")
    defer_job("activity.forget_live_events", once="tidy", timestamp=2)
    keep()
    assert status(left) == "aborted"
    assert sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'") == 1
