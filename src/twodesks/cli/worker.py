"""`twodesks worker`: does the background jobs, and sees to it that every job ends."""

import asyncio
import os
import signal
import threading
from typing import Annotated

import structlog
import typer
from django.db import close_old_connections
from procrastinate.contrib.django import app as jobs
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

from twodesks.cli.job_keeper import HEARTBEAT_S, STALLED_AFTER_S, keep_jobs_moving
from twodesks.server.logs import PROCESS_VARIABLE

app = typer.Typer()
log = structlog.get_logger("twodesks.worker")

# Jobs that fill a processor or the memory by themselves have places of their own; the rest share what `--concurrency`
# says. Captions that follow a speaker mostly wait, and take turns at one speech model: several at once cost little. A
# mail server that is slow to answer holds up mail alone.
OWN_PLACES = {"captions": 4, "media": 1, "imports": 1, "mail": 2}
FINISH_WITHIN_S = 15.0
NICENESS = 5  # pages come first on a small machine

Concurrency = Annotated[
    int, typer.Option(envvar="TWODESKS_WORKER_CONCURRENCY", help="Small jobs done at the same time.", min=1)
]


@app.command()
def worker(concurrency: Concurrency = 2) -> None:
    """Do the background jobs until told to stop. Any number of workers may run, on any machine."""
    os.environ.setdefault(PROCESS_VARIABLE, "worker")
    os.nice(NICENESS)
    with jobs.replace_connector(jobs.connector.get_worker_connector()):  # type: ignore[attr-defined]
        code = asyncio.run(_work(concurrency))
    # Threads of jobs that did not end in time would keep the process alive; their jobs are done again elsewhere.
    os._exit(code)


async def _work(concurrency: int) -> int:
    """0 after a signal; 1 when something gave up, so that whoever supervises this starts it afresh."""
    async with jobs.open_async():
        workers = [_worker(queues, count) for queues, count in _shares(concurrency).items()]
        told_to_stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
        running = [asyncio.ensure_future(one.run()) for one in workers]
        keeper = asyncio.ensure_future(keep_jobs_moving(jobs.job_manager, workers))
        signalled = asyncio.ensure_future(told_to_stop.wait())
        await asyncio.wait({*running, keeper, signalled}, return_when=asyncio.FIRST_COMPLETED)
        keeper.cancel()
        for one in workers:
            one.stop()
        await asyncio.wait(running, timeout=FINISH_WITHIN_S)
        await _hand_back(workers)
        return 0 if told_to_stop.is_set() else 1


def _shares(concurrency: int) -> dict[tuple[str, ...], int]:
    queues = {task.queue for task in jobs.tasks.values() if not task.name.startswith("builtin:")}
    shared = tuple(sorted(queues - set(OWN_PLACES)))
    return {(queue,): count for queue, count in OWN_PLACES.items()} | {shared: concurrency}


def _worker(queues: tuple[str, ...], concurrency: int) -> Worker:
    return Worker(
        jobs,
        queues=list(queues),
        name="-".join(queues),
        concurrency=concurrency,
        fetch_job_polling_interval=2.0,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_S,
        stalled_worker_timeout=STALLED_AFTER_S,
        task_middleware=[_with_live_connection],
    )


def _with_live_connection(call_next, context: JobContext, worker: Worker):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """A database that was restarted since this thread's last job must not fail the next one."""
    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()


async def _hand_back(workers: list[Worker]) -> None:
    """Sign off, so that jobs which did not end in time are taken up at once by whoever comes next."""
    for one in workers:
        if one.worker_id is not None:
            await jobs.job_manager.unregister_worker(one.worker_id)
    if threading.active_count() > 1:
        log.debug("signed_off")
