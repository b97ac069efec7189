"""End an import in words after a defect has ended every attempt at it."""

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.imports.models import ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied


@operation("imports.fail_import")
def fail_import(*, actor: Actor, run_id: int, words: str) -> None:
    """What is in stays in, and somebody may go on with it. Nothing happens to one that goes on no more; system only."""
    if not actor.is_system:
        raise Denied("The server itself says that an import failed.")
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().filter(pk=run_id).first()
        if run is None or run.state not in ("looking", "running"):
            return
        run.failed_at, run.failure = timezone.now(), words
        run.save(update_fields=["failed_at", "failure"])
        publish(f"import:{run.pk}", "state", state=run.state)
