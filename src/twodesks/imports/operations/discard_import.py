"""Throw an export away that was looked at and not brought in."""

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.imports import policies
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.release_file import release_file
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, NotFound


@operation("imports.discard_import")
def discard_import(*, actor: Actor, run_id: int) -> None:
    """The file that was uploaded goes too. Administrators, and the system when nobody has started it for a week.

    Raises `Conflict` for one that was started: that can be undone.
    """
    policies.may_import(actor).require()
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(of=("self",)).filter(pk=run_id).first()
        if run is None:
            raise NotFound
        if run.started_at is not None:
            raise Conflict("This import was started already. Undo it instead; nothing was changed.")
        record_statement(actor=actor, verb="discarded", object_type="import", object_id=run.pk)
        release_file(actor, run)
        run.delete()
