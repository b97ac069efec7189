"""Put an export forward to be looked at, before anything is taken in."""

from pathlib import Path
from uuid import UUID

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.imports import policies
from twodesks.imports.engine.sources import SOURCES
from twodesks.imports.models import ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.media.operations.keep_upload import keep_upload
from twodesks.media.queries import get_upload


@operation("imports.ask_import")
def ask_import(
    *,
    actor: Actor,
    kind: str,
    upload_id: UUID | None = None,
    path: Path | None = None,
    with_bots: bool = False,
    with_direct_messages: bool = False,
    look: bool = True,
) -> ImportRun:
    """From a finished upload of the actor's, or from a path on the server, which only the command line names.

    `look` has the worker make the preview. Raises `Invalid` for an unknown kind or an unfinished upload.
    """
    policies.may_import(actor).require()
    if kind not in SOURCES:
        raise Invalid(f"Choose where it comes from: {', '.join(name for name, _ in SOURCES.values())}.", field="kind")
    if upload_id is not None:
        upload = get_upload(actor, upload_id)
        if upload.finished_at is None:
            raise Invalid("The file has not arrived as a whole yet. Wait until it has, then go on.", field="file")
        name, where = upload.filename, ""
    elif path is not None:
        name, where = path.resolve().name, str(path.resolve())
    else:
        raise Invalid("Choose the file of the export.", field="file")
    with transaction.atomic():
        if upload_id is not None:
            # Kept as a file, it outlives an import that rests for weeks.
            keep_upload(actor=actor, upload_id=upload_id)
        run = ImportRun.objects.create(
            kind=kind,
            name=name[:255],
            upload_id=upload_id,
            path=where,
            with_bots=with_bots,
            with_direct_messages=with_direct_messages,
            asked_by_id=actor.require_member(),
        )
        record_statement(actor=actor, verb="asked-for", object_type="import", object_id=run.pk)
        if look:
            defer_job("imports.look", run_id=run.pk)
    return run
