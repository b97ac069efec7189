"""Take over the files that lie in the export, once the messages are in."""

from django.db import transaction
from django.utils import timezone

from twodesks.conversations.operations.attach_taken_in import attach_taken_in
from twodesks.imports.engine.records import LeftOut, Reason, Source, Tally
from twodesks.imports.models import ImportedFile, ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Problem


def take_files(actor: Actor, run: ImportRun, source: Source) -> None:
    """One at a time, so that a stop loses none; what cannot be taken is counted, and its name stays in the message."""
    tally = Tally.from_json(run.left_out)
    waiting = ImportedFile.objects.filter(run=run, taken_at=None, failure="").order_by("pk")
    for row in waiting.iterator(chunk_size=200):
        with transaction.atomic():
            try:
                with source.open_file(row.archive_path) as content:
                    attach_taken_in(actor=actor, message_id=row.message_id, content=content, filename=row.name)
                row.taken_at = timezone.now()
            except Problem as fault:
                row.failure = fault.detail[:300]
                tally.add(LeftOut(Reason.FILE_UNTAKEN, row.archive_path))
                run.left_out = tally.as_json()
                run.save(update_fields=["left_out"])
            row.save(update_fields=["taken_at", "failure"])
