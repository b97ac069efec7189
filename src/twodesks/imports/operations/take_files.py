"""Take over the files that lie in the export, once the messages are in."""

import io
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from twodesks.conversations.operations.attach_taken_in import attach_taken_in
from twodesks.conversations.operations.name_lost_file import name_lost_file
from twodesks.imports.engine.archive import reading
from twodesks.imports.engine.plain import file_line
from twodesks.imports.engine.records import LeftOut, Reason, Source, SourceFile, Tally
from twodesks.imports.models import ImportedFile, ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Problem
from twodesks.media.operations.keep_file import MAX_BYTES


def take_files(actor: Actor, run: ImportRun, source: Source, is_stopped: Callable[[], bool]) -> bool:
    """One at a time, so that a stop loses none; what cannot be taken is counted, and named in its message.

    False when somebody stopped it before all were there.
    """
    tally = Tally.from_json(run.left_out)
    waiting = ImportedFile.objects.filter(run=run, taken_at=None, failure="").order_by("pk")
    for row in waiting.iterator(chunk_size=200):
        if is_stopped():
            return False
        with transaction.atomic():
            try:
                content = _bytes_of(source, row.archive_path)
                attach_taken_in(actor=actor, message_id=row.message_id, content=content, filename=row.name)
                row.taken_at = timezone.now()
            except Problem as fault:
                row.failure = fault.detail[:300]
                line = file_line(SourceFile("", row.name, row.link))
                name_lost_file(actor=actor, message_id=row.message_id, line=line)
                tally.add(LeftOut(Reason.FILE_UNTAKEN, row.archive_path))
                run.left_out = tally.as_json()
                run.save(update_fields=["left_out"])
            row.save(update_fields=["taken_at", "failure"])
    return True


def _bytes_of(source: Source, path: str) -> io.BytesIO:
    """What is broken in an archive shows only when it is read. Raises `Invalid`."""
    with reading(path), source.open_file(path) as file:
        return io.BytesIO(file.read(MAX_BYTES + 1))
