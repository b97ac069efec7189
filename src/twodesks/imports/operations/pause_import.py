"""Let an import rest where it is, or go on with it."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.imports import policies
from twodesks.imports.models import ImportRun
from twodesks.imports.queries.runs import get_run
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Busy, Conflict


@operation("imports.pause_import")
def pause_import(*, actor: Actor, run_id: int, resume: bool = False) -> ImportRun:
    """What is in stays in. Safe to repeat. `resume` also tries again what had failed.

    Raises `Conflict` for an import that has not begun, has ended, or is undone; `Busy` to go on with one that failed
    while another of its source is going on.
    """
    policies.may_import(actor).require()
    get_run(actor, run_id)
    try:
        return _settle(actor, run_id, resume)
    except IntegrityError as error:
        raise Busy(
            "Another import of this export is going on. Wait until it has ended, or pause and undo it first."
        ) from error


def _settle(actor: Actor, run_id: int, resume: bool) -> ImportRun:
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        if run.started_at is None or run.state not in ("running", "paused", "failed"):
            raise Conflict("This import is not going on. Reload the page to see how it stands.")
        if resume:
            run.paused_at = run.paused_by_id = run.failed_at = None
            run.failure = ""
            defer_job("imports.run", once=f"imports.run:{run.pk}", run_id=run.pk)
        elif run.state == "running":
            run.paused_at, run.paused_by_id = timezone.now(), actor.member_id
        run.save(update_fields=["paused_at", "paused_by", "failed_at", "failure"])
        verb = "resumed" if resume else "paused"
        record_statement(actor=actor, verb=verb, object_type="import", object_id=run.pk)
        publish(f"import:{run.pk}", "state", state=run.state)
    return run
