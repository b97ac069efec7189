"""See to it that every import that was started ends, whatever became of the process that worked on it."""

from datetime import timedelta

from django.utils import timezone

from twodesks.activity.queue import defer_job, has_job
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.discard_import import discard_import
from twodesks.imports.operations.open_run import alone_with
from twodesks.imports.queries.runs import unstarted_uploads
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Busy, Denied

QUIET = timedelta(seconds=60)
WAITS_FOR = timedelta(days=7)
"""So long the file of an export that nobody starts is kept."""


@operation("imports.revive_imports")
def revive_imports(*, actor: Actor) -> int:
    """Jobs for what nobody works on: neither a job nor a command line. How many there were. The system only."""
    if not actor.is_system:
        raise Denied("Only the server itself goes on with what was interrupted.")
    revived = 0
    started = ImportRun.objects.filter(started_at__lt=timezone.now() - QUIET, undone_at=None, undo_failed_at=None)
    for run in started.filter(undo_at__isnull=False) | started.filter(ended_at=None, paused_at=None, failed_at=None):
        job = "imports.undo" if run.undo_at is not None else "imports.run"
        if not has_job(job, run_id=run.pk) and _is_free(run):
            if run.undo_at is not None:
                defer_job("imports.undo", once=f"imports.undo:{run.pk}", run_id=run.pk)
            else:
                defer_job("imports.run", once=f"imports.run:{run.pk}", run_id=run.pk)
            revived += 1
    for run_id in unstarted_uploads(timezone.now() - WAITS_FOR):
        discard_import(actor=actor, run_id=run_id)
    return revived


def _is_free(run: ImportRun) -> bool:
    try:
        with alone_with(run.source_id or 0):
            return True
    except Busy:
        return False
