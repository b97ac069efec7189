"""Takes up jobs whose worker is gone. With it every job ends, whatever was killed at whatever moment."""

import asyncio

import structlog
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

HEARTBEAT_S = 4.0
STALLED_AFTER_S = 20.0
LOOK_EVERY_S = 4.0
MOST_ATTEMPTS = 8  # a job that ends its worker this often is given up; its page then offers to try again

log = structlog.get_logger("twodesks.worker")


async def keep_jobs_moving(manager: JobManager, workers: list[Worker]) -> None:
    """Every few seconds, until cancelled: jobs of workers that no longer live, and our own that nobody is doing."""
    suspects: set[int] = set()
    while True:
        await manager.prune_stalled_workers(STALLED_AFTER_S)
        doing = {context.job.id for one in workers for context in one._running_jobs.values()}
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
            if job.id not in doing:
                await take_up(manager, job, why="its worker is gone")
        ours = {one.worker_id for one in workers if one.worker_id is not None}
        unended = {
            job.id: job
            for job in await manager.list_jobs_async(status=Status.DOING.value)
            if job.worker_id in ours and job.id is not None and job.id not in doing
        }
        # Seen twice: between fetching a job and starting it there is a moment in which it looks the same.
        for job_id in suspects & unended.keys():
            await take_up(manager, unended[job_id], why="its end could not be written down")
        suspects = unended.keys() - suspects
        await asyncio.sleep(LOOK_EVERY_S)


async def take_up(manager: JobManager, job: Job, *, why: str) -> None:
    """Let it be done again, or give it up if it has ended its worker too often."""
    if job.attempts >= MOST_ATTEMPTS:
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        log.error("job_given_up", job=job.task_name, job_id=job.id, attempts=job.attempts)
        return
    try:
        await manager.retry_job(job)
    except UniqueViolation:
        # One like it waits already, and will do what this one was to do.
        await manager.finish_job(job, status=Status.ABORTED, delete_job=False)
    log.warning("job_taken_up", job=job.task_name, job_id=job.id, why=why)
