"""Begin to bring an export in, as it was looked at."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.channels.queries import may_post, visible_channels
from twodesks.imports import policies
from twodesks.imports.models import ImportRun, ImportSource
from twodesks.imports.queries.runs import get_run
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Busy, Conflict, Invalid


@operation("imports.start_import")
def start_import(
    *, actor: Actor, run_id: int, channels: Mapping[str, int] | None = None, work: bool = True
) -> ImportRun:
    """`channels`: those to bring in, by their keys, with the channel here that each goes into, 0 for a new one; None
    brings in all. `work` has the worker do it.

    Raises `Busy` when the same source is coming in already, `Conflict` when it was started before, `Invalid` for a
    channel that the actor cannot put anything into.
    """
    policies.may_import(actor).require()
    run = get_run(actor, run_id)
    _require_preview(run)
    if channels is not None and not channels:
        raise Invalid("Choose at least one channel to bring in.", field="channels")
    _check_targets(actor, channels or {})
    try:
        with transaction.atomic():
            told = run.preview or {}
            source, _ = ImportSource.objects.get_or_create(
                kind=run.kind,
                identity=str(told.get("identity", ""))[:200] or run.name[:200],
                defaults={"name": str(told.get("name", run.name))[:200]},
            )
            run = ImportRun.objects.select_for_update().get(pk=run_id)
            _require_preview(run)
            run.source = source
            run.channels = None if channels is None else dict(channels)
            run.started_by_id, run.started_at = actor.require_member(), timezone.now()
            run.save(update_fields=["source", "channels", "started_by", "started_at"])
            record_statement(actor=actor, verb="started", object_type="import", object_id=run.pk)
            publish(f"import:{run.pk}", "state", state=run.state)
            if work:
                defer_job("imports.run", once=f"imports.run:{run.pk}", run_id=run.pk)
    except IntegrityError as error:
        raise Busy(
            "This export is being brought in already. Wait until that has ended, or pause and undo it first."
        ) from error
    return run


def _require_preview(run: ImportRun) -> None:
    if run.state != "preview":
        raise Conflict(
            "This import was started already, or could not be looked at. Reload the page to see how it stands."
        )


def _check_targets(actor: Actor, channels: Mapping[str, int]) -> None:
    wanted = {target for target in channels.values() if target}
    open_ones = {channel.pk: channel for channel in visible_channels(actor).filter(pk__in=wanted, visibility="open")}
    for target in wanted:
        if target not in open_ones or not may_post(actor, open_ones[target]):
            raise Invalid(
                "One of the channels that you chose is private, archived or gone. Choose again.", field="channels"
            )
