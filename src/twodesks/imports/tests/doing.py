"""Bringing an export in by the operations, for tests."""

from pathlib import Path
from typing import Any

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from tests.cast import acting
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.ask_import import ask_import
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.start_import import start_import
from twodesks.kit.actor import Door, system
from twodesks.people.models import Member

SERVER = system(Door.TEST)


def looked_at(
    member: Member, path: Path, kind: str = "slack", *, bots: bool = False, direct: bool = False
) -> ImportRun:
    run = ask_import(
        actor=acting(member), kind=kind, path=path, with_bots=bots, with_direct_messages=direct, look=False
    )
    return look_at_import(actor=SERVER, run_id=run.pk)


def started(member: Member, path: Path, kind: str = "slack", *, bots: bool = False, direct: bool = False) -> ImportRun:
    run = looked_at(member, path, kind, bots=bots, direct=direct)
    return start_import(actor=acting(member), run_id=run.pk, work=False)


def brought_in(
    member: Member, path: Path, kind: str = "slack", *, bots: bool = False, direct: bool = False
) -> ImportRun:
    return run_import(actor=SERVER, run_id=started(member, path, kind, bots=bots, direct=direct).pk)


def in_a_job(task: Any, run_id: int, *, attempts: int = 0) -> None:
    """As the worker does it, after so many attempts."""
    job = Job(id=1, queue="imports", lock=None, queueing_lock=None, task_name=task.name, attempts=attempts)
    task.func(JobContext(app=app, job=job, start_timestamp=0.0, abort_reason=lambda: None), run_id=run_id)
