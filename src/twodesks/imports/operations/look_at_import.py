"""Look at an export and say what will come, what will not, and why. Nothing is taken in."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.open_run import opened_source, wishes_of
from twodesks.imports.queries.previews import preview_source
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound, Problem


@operation("imports.look_at_import")
def look_at_import(*, actor: Actor, run_id: int, progress: Callable[[int, int], None] | None = None) -> ImportRun:
    """Keeps the preview with the run. An export that cannot be read ends the run, in words; so it never raises for
    what is wrong with the file. The system only; `progress` hears of stretches read and to read."""
    if not actor.is_system:
        raise Denied("The server itself looks at exports.")
    run = ImportRun.objects.filter(pk=run_id).select_related("asked_by").first()
    if run is None:
        raise NotFound
    if run.state not in ("looking", "preview", "failed"):
        return run
    asker = run.asked_by.as_actor(actor.door)
    try:
        with opened_source(run) as source:
            preview = preview_source(asker, source, wishes_of(run), progress)
            run.digest = source.digest()
    except Problem as fault:
        run.failed_at, run.failure = timezone.now(), fault.detail
        changed = ["failed_at", "failure"]
    else:
        run.preview, run.looked_at, run.stretches = preview.as_json(), timezone.now(), preview.stretches
        run.failed_at, run.failure = None, ""
        changed = ["digest", "preview", "looked_at", "stretches", "failed_at", "failure"]
    with transaction.atomic():
        run.save(update_fields=changed)
        publish(f"import:{run.pk}", "state", state=run.state)
    return run
