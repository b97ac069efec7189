"""Bring in what an import was started for, from where it stopped."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import structlog
from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.conversations.queries.taken_in import TakenInBefore, answered_by_channel
from twodesks.imports.engine.arranging import Arranger, Placed
from twodesks.imports.engine.naming import MarkNaming
from twodesks.imports.engine.records import (
    LeftOut,
    Outline,
    Source,
    SourceMessage,
    SourcePerson,
    SourceRemoval,
    Stretch,
    Wishes,
)
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.channel_map import ChannelMap
from twodesks.imports.operations.open_run import alone_with, opened_source, wishes_of
from twodesks.imports.operations.people_map import PeopleMap
from twodesks.imports.operations.release_file import release_file
from twodesks.imports.operations.take_files import take_files
from twodesks.imports.operations.take_in_batch import Batch, Taker
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied, NotFound, Problem

BATCH = 4_000
BATCH_LETTERS = 8_000_000
"""Of messages that are long: what is read and not yet written must fit into memory."""
LEFT_OUT = 20_000
"""So many that are left out make a batch too, or a stop would read them all again."""
AHEAD = 2
"""Batches that may be read while one is written: reading and PostgreSQL keep a processor each busy."""
TELL_EVERY_S = 1.0
CONTEXT = 300
"""Loose messages before the cursor that are read again after a stop, so that untangling knows what went before."""
CONTEXT_STRETCHES = 200

log = structlog.get_logger("twodesks.imports")

Progress = Callable[[ImportRun], None]


@operation("imports.run_import")
def run_import(*, actor: Actor, run_id: int, progress: Progress | None = None) -> ImportRun:
    """Works until all is in, until somebody pauses it, or until the process ends; then it goes on from its cursor.

    What is wrong with the file ends the run in words. The system only. Raises `Busy` when somebody works on it.
    """
    if not actor.is_system:
        raise Denied("The server itself brings exports in, once an administrator has started it.")
    run = ImportRun.objects.select_related("started_by", "source").filter(pk=run_id).first()
    if run is None:
        raise NotFound
    if run.state != "running" or run.source_id is None or run.started_by is None:
        return run
    with alone_with(run.source_id):
        run.refresh_from_db()
        if run.state != "running":
            return run
        starter = run.started_by.as_actor(actor.door)
        try:
            with opened_source(run) as source:
                _bring_in(starter, run, source, progress)
        except Problem as fault:
            _fail(run, fault.detail)
    return run


def _bring_in(actor: Actor, run: ImportRun, source: Source, progress: Progress | None) -> None:
    wishes, outline = wishes_of(run), source.outline()
    stretches = list(source.stretches(wishes))
    _begin_again_with_another_export(run, source)
    if run.cursor == 0 and run.stretches != len(stretches):
        run.stretches = len(stretches)
        run.save(update_fields=["stretches"])
    people = PeopleMap(actor, run, outline.people)
    taker = Taker(actor, run, people, ChannelMap(actor, run, outline.channels, people))
    told_at = 0.0
    for batch in _read_ahead(_batches(source, outline, stretches, wishes, run.cursor)):
        if _is_stopped(run):
            return
        taker.take_in(batch)
        if progress is not None:
            progress(run)
        if time.monotonic() - told_at >= TELL_EVERY_S:
            told_at = time.monotonic()
            _tell(run)
    if take_files(actor, run, source, lambda: _is_stopped(run)):
        _end(actor, run)


def _begin_again_with_another_export(run: ImportRun, source: Source) -> None:
    """The cursor counts stretches of one export; of a newer one at the same path it would pass over what is new.

    From the start nothing comes twice. A file that came by the page is never another one.
    """
    if run.upload_id is not None:
        return
    digest = source.digest()
    if run.digest not in ("", digest):
        run.cursor, run.stretches, run.left_out, run.ahead = 0, 0, {}, None
    run.digest = digest
    run.save(update_fields=["cursor", "stretches", "left_out", "ahead", "digest"])


def _is_stopped(run: ImportRun) -> bool:
    """Whether somebody has paused it or wants it undone meanwhile."""
    paused_at, undo_at = ImportRun.objects.values_list("paused_at", "undo_at").get(pk=run.pk)
    run.paused_at, run.undo_at = paused_at, undo_at
    return paused_at is not None or undo_at is not None


@dataclass(slots=True)
class _Gathered:
    placed: list[Placed] = field(default_factory=list)
    strangers: list[SourcePerson] = field(default_factory=list)
    left_out: list[tuple[int, LeftOut]] = field(default_factory=list)
    removals: list[tuple[int, SourceRemoval]] = field(default_factory=list)
    letters: int = 0

    def place(self, placed: Iterable[Placed]) -> None:
        for one in placed:
            self.placed.append(one)
            self.letters += len(one.message.markdown)

    def keep(self, item: SourcePerson | SourceRemoval | LeftOut, number: int, cursor: int) -> None:
        """What stands beside messages in a stretch; what is left out before the cursor has been counted."""
        if isinstance(item, SourcePerson):
            self.strangers.append(item)
        elif isinstance(item, SourceRemoval):
            self.removals.append((number, item))
        elif number >= cursor:
            self.left_out.append((number, item))

    def is_heavy(self) -> bool:
        return self.letters >= BATCH_LETTERS

    def is_full(self) -> bool:
        return len(self.placed) >= BATCH or self.is_heavy() or len(self.left_out) >= LEFT_OUT

    def batch(self, safe: int, current: str) -> Batch:
        """What is gathered; of what is left out only what lies before `safe`, for the rest would be counted again."""
        now = [left for number, left in self.left_out if number < safe]
        batch = Batch(self.placed, self.strangers, now, self.removals, safe, current)
        self.placed, self.strangers, self.removals, self.letters = [], [], [], 0
        self.left_out = [entry for entry in self.left_out if entry[0] >= safe]
        return batch


def _batches(
    source: Source, outline: Outline, stretches: list[Stretch], wishes: Wishes, cursor: int
) -> Iterator[Batch]:
    """From the cursor on; what stands before it is only heard again, so that loose talk finds its place."""
    names = {channel.key: channel.name for channel in outline.channels}
    arranger, naming = Arranger(), MarkNaming()
    gathered = _Gathered()
    if cursor == 0:
        gathered.left_out.extend((-1, left) for left in (*outline.left_out, *source.left_out(wishes)))
    for number in range(_rewound(source, stretches, wishes, cursor), len(stretches)):
        stretch = stretches[number]
        for item in source.read(stretch, wishes, naming):
            if isinstance(item, SourceMessage):
                gathered.place(arranger.add(item, number))
                if gathered.is_heavy():
                    # The rest of the stretch is read again after a stop; what is in is known by then.
                    yield gathered.batch(arranger.first_waiting(number), names.get(stretch.channel_key, ""))
            else:
                gathered.keep(item, number, cursor)
        after = stretches[number + 1].channel_key if number + 1 < len(stretches) else None
        if stretch.channel_key and after != stretch.channel_key:
            gathered.place(arranger.finish(stretch.channel_key))
        if gathered.is_full():
            yield gathered.batch(arranger.first_waiting(number + 1), names.get(stretch.channel_key, ""))
    gathered.place(arranger.finish())
    yield gathered.batch(len(stretches), "")


def _rewound(source: Source, stretches: list[Stretch], wishes: Wishes, cursor: int) -> int:
    """Where to begin to hear again, so that some loose messages of the channel precede the cursor."""
    if not source.has_loose_talk or cursor == 0 or cursor >= len(stretches):
        return cursor
    channel, heard, number = stretches[cursor].channel_key, 0, cursor
    while number > 0 and heard < CONTEXT and cursor - number < CONTEXT_STRETCHES:
        if stretches[number - 1].channel_key != channel:
            break
        number -= 1
        heard += sum(
            not isinstance(item, LeftOut) and item.thread_key is None for item in source.look(stretches[number], wishes)
        )
    return number


def _read_ahead(batches: Iterator[Batch]) -> Iterator[Batch]:
    """Read in a thread of its own while the batch before is written; at most `AHEAD` wait, so memory stays small."""
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(maxsize=AHEAD)
    stopped = threading.Event()

    def put(item: Batch | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for batch in batches:
                put(batch)
                if stopped.is_set():
                    return
            put(None)
        except BaseException as fault:  # noqa: BLE001 - handed to the reader of the queue, which raises it
            put(fault)

    thread = threading.Thread(target=read, name="import-reader", daemon=True)
    thread.start()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        thread.join()


def _tell(run: ImportRun) -> None:
    publish(f"import:{run.pk}", "progress", messages=run.messages, share=round(run.share, 3), current=run.current)


def _end(actor: Actor, run: ImportRun) -> None:
    with transaction.atomic():
        _count_answered(run)
        run.ended_at, run.current = timezone.now(), ""
        run.save(update_fields=["ended_at", "current", "answered"])
        record_statement(
            actor=actor,
            verb="ended",
            object_type="import",
            object_id=run.pk,
            result={"messages": run.messages, "conversations": run.conversations},
        )
        release_file(actor, run)
        publish(f"import:{run.pk}", "state", state=run.state)
    log.info("import_ended", run=run.pk, messages=run.messages, conversations=run.conversations)


def _count_answered(run: ImportRun) -> None:
    """Answers come in later batches than what they answer, so it is counted when all is in."""
    made = TakenInBefore(
        run.source_id or 0,
        conversation_ids=(run.first_conversation_id or 0, run.last_conversation_id or 0),
        message_ids=(run.first_message_id or 0, run.last_message_id or 0),
    )
    answered = answered_by_channel(made)
    run.answered = sum(answered.values())
    for row in run.run_channels.all():
        row.answered = answered.get(row.channel_id or 0, 0)
        row.save(update_fields=["answered"])


def _fail(run: ImportRun, words: str) -> None:
    with transaction.atomic():
        run.failed_at, run.failure = timezone.now(), words
        run.save(update_fields=["failed_at", "failure"])
        publish(f"import:{run.pk}", "state", state=run.state)
    log.warning("import_failed", run=run.pk)
