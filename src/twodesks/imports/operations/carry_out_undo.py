"""Take back what an import brought, once somebody has asked for it."""

from collections.abc import Sequence
from dataclasses import asdict

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.operations.remove_taken_in import remove_taken_in as remove_channel
from twodesks.conversations.operations.remove_taken_in import remove_taken_in as remove_conversations
from twodesks.conversations.operations.revert_taken_in import revert_taken_in
from twodesks.conversations.queries.taken_in import TakenInBefore, gone_on_with
from twodesks.imports.models import ImportedChannel, ImportedPerson, ImportRun
from twodesks.imports.operations.open_run import alone_with
from twodesks.imports.operations.release_file import release_file
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, Problem
from twodesks.people.operations.remove_placeholders import remove_placeholders

MOST_TRIES = 5

log = structlog.get_logger("twodesks.imports")


@operation("imports.carry_out_undo")
def carry_out_undo(*, actor: Actor, run_id: int) -> ImportRun:
    """Everything that the run brought goes in one transaction, so it is in or out as a whole.

    What people have added since stays: conversations in which somebody wrote, thanked, asked the same or that became
    an insight, with what was imported into them, and channels that hold anything. Raises `Busy` while the run still
    writes its last batch. Tries that fail are counted, also those that a process did not live through; the last one
    ends it in words, and then nothing happens until somebody asks for it again.
    """
    if not actor.is_system:
        raise Denied("The server itself takes an import back.")
    run = ImportRun.objects.select_related("undo_by").get(pk=run_id)
    if run.state != "undoing" or run.source_id is None or run.undo_by is None:
        return run
    undoer = run.undo_by.as_actor(actor.door)
    with alone_with(run.source_id):
        run.refresh_from_db()
        if run.state != "undoing":
            return run
        if run.undo_tries >= MOST_TRIES:
            _fail(run, "the server was stopped in the midst of it each time")
            return run
        ImportRun.objects.filter(pk=run.pk).update(undo_tries=F("undo_tries") + 1)
        try:
            _take_back(undoer, run)
        except Exception as fault:
            if run.undo_tries + 1 >= MOST_TRIES:
                _fail(run, fault.detail if isinstance(fault, Problem) else f"a fault on the server ({_named(fault)})")
            raise
    return run


def _named(fault: Exception) -> str:
    """The kind of fault, and for one of the database its first line: enough to ask somebody about."""
    said = str(fault).strip().split("\n")[0][:200]
    return f"{type(fault).__name__}: {said}" if said else type(fault).__name__


def _fail(run: ImportRun, why: str) -> None:
    with transaction.atomic():
        run.undo_failed_at = timezone.now()
        run.undo_failure = (
            f"It could not be undone in {MOST_TRIES} attempts: {why.rstrip('.')}. "
            "Nothing was taken back, so all of it is still in. The log of the server has the whole of it."
        )
        run.save(update_fields=["undo_failed_at", "undo_failure"])
        publish(f"import:{run.pk}", "state", state=run.state)
    log.error("import_not_undone", run=run.pk)


def _take_back(undoer: Actor, run: ImportRun) -> None:
    with transaction.atomic():
        batch = TakenInBefore(
            run.source_id or 0,
            conversation_ids=_range(run.first_conversation_id, run.last_conversation_id),
            message_ids=_range(run.first_message_id, run.last_message_id),
        )
        kept = gone_on_with(batch)
        # Rooms above hold rows that name these; they let go of them before they vanish.
        record_statement(
            actor=undoer,
            verb="took-back",
            object_type="import",
            object_id=run.pk,
            result={**asdict(batch), "kept_ids": kept},
        )
        removed = remove_conversations(actor=undoer, batch=batch, kept=kept)
        reverted = revert_taken_in(actor=undoer, run_id=run.pk)
        channels = _remove_channels(undoer, run)
        people = _remove_people(undoer, run)
        run.undo_report = {
            "messages": removed.messages,
            "conversations": len(removed.conversation_ids),
            "kept_conversations": removed.kept,
            "channels": channels,
            "people": people,
        }
        if reverted.messages:
            run.undo_report["reverted"] = reverted.messages
        run.undone_at = timezone.now()
        run.save(update_fields=["undo_report", "undone_at"])
        record_statement(
            actor=undoer,
            verb="undid",
            object_type="import",
            object_id=run.pk,
            result={**run.undo_report, "grown_ids": reverted.conversation_ids},
        )
        release_file(undoer, run)
        publish(f"import:{run.pk}", "state", state=run.state)


def _range(first: int | None, last: int | None) -> tuple[int, int]:
    return (first or 0, last or 0)


def _remove_channels(actor: Actor, run: ImportRun) -> int:
    made = ImportedChannel.objects.filter(made_by=run)
    removed = [row.channel_id for row in made if remove_channel(actor=actor, channel_id=row.channel_id)]
    return len(removed)


def _remove_people(actor: Actor, run: ImportRun) -> int:
    made: Sequence[int] = list(ImportedPerson.objects.filter(made_by=run).values_list("member_id", flat=True))
    return remove_placeholders(actor=actor, member_ids=made)
