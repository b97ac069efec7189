"""Take an import back as a whole."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.imports import policies
from twodesks.imports.models import ImportRun
from twodesks.imports.queries.runs import get_run
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict


@operation("imports.undo_import")
def undo_import(*, actor: Actor, run_id: int, now: datetime | None = None, work: bool = True) -> ImportRun:
    """Ask for it: what is going on stops, and the worker takes back what came in. Possible for 30 days,
    and once more after it has failed.

    Raises `Denied` when they are over, `Conflict` when nothing came in or it is undone already.
    """
    get_run(actor, run_id)
    moment = now or timezone.now()
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=run_id)
        policies.may_undo(actor, run, is_late=moment > run.undo_until).require()
        if run.started_at is None or run.is_undo_asked:
            raise Conflict("There is nothing to undo here. Reload the page to see how it stands.")
        run.undo_at, run.undo_by_id = moment, actor.require_member()
        run.undo_tries, run.undo_failed_at, run.undo_failure = 0, None, ""
        run.save(update_fields=["undo_at", "undo_by", "undo_tries", "undo_failed_at", "undo_failure"])
        record_statement(actor=actor, verb="asked-to-undo", object_type="import", object_id=run.pk)
        publish(f"import:{run.pk}", "state", state=run.state)
        if work:
            defer_job("imports.undo", once=f"imports.undo:{run.pk}", run_id=run.pk)
    return run
