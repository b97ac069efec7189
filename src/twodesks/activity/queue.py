"""Deferring jobs by name, inside the caller's transaction: a job exists if and only if its change does."""

from datetime import timedelta

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued


def defer_job(
    name: str,
    *,
    lock: str | None = None,
    once: str | None = None,
    after: timedelta | None = None,
    **arguments: object,
) -> None:
    """Enqueue the job `app.verb_noun` with JSON-serialisable arguments.

    `lock`: jobs of one lock run one after another. `once`: at most one such job waits at a time; a second is dropped.
    """
    try:
        # A savepoint: PostgreSQL would end the caller's transaction over a job that waits already.
        with transaction.atomic():
            app.configure_task(
                name,
                lock=lock,
                queueing_lock=once,
                schedule_in={"seconds": int(after.total_seconds())} if after else None,
                allow_unknown=False,
            ).defer(**arguments)  # type: ignore[arg-type]
    except AlreadyEnqueued:
        return


def has_job(name: str, **arguments: object) -> bool:
    """Whether such a job waits or is being done."""
    return ProcrastinateJob.objects.filter(
        task_name=name, status__in=("todo", "doing"), args__contains=arguments
    ).exists()
