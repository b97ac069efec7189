"""One step of making a recording ready: begun, told of while it goes on, ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.kit.problem import Problem
from twodesks.recordings.models import ProcessingStep, Recording

TELL_EVERY_S = 1.0

log = structlog.get_logger("twodesks.recordings")


class RunningStep:
    """A step at work. Pages that are open hear of its progress, at most once a second."""

    def __init__(self, row: ProcessingStep) -> None:
        self.row = row
        self._told_at = 0.0

    @property
    def checkpoint(self) -> dict[str, Any]:
        """What an earlier attempt has left."""
        content: dict[str, Any] = self.row.checkpoint
        return content

    def keep(self, checkpoint: dict[str, Any]) -> None:
        """What the next attempt goes on from, should this one be killed."""
        self._write(checkpoint=checkpoint)

    def progress(self, share: float) -> None:
        now = time.monotonic()
        if now - self._told_at < TELL_EVERY_S:
            return
        self._told_at = now
        self._write(progress=min(max(share, 0.0), 1.0))
        publish(self._topic, "progress", step=self.row.name, progress=round(self.row.progress, 3))

    def begin(self) -> None:
        self._write(started_at=timezone.now())
        self._tell("running")

    def finish(self) -> None:
        self._write(finished_at=timezone.now(), progress=1)
        self._tell("finished")

    def fail(self, words: str) -> None:
        self._write(failed_at=timezone.now(), failure=words)
        self._tell("failed", failure=words)

    def require_open(self) -> None:
        """Raises `Interrupted` when the recording was reopened since, which put another row in this one's place."""
        if not ProcessingStep.objects.filter(pk=self.row.pk).exists():
            raise Interrupted

    def _write(self, **values: Any) -> None:
        if not ProcessingStep.objects.filter(pk=self.row.pk).update(**values):
            raise Interrupted
        for name, value in values.items():
            setattr(self.row, name, value)

    @property
    def _topic(self) -> str:
        return f"recording:{self.row.recording_id}"

    def _tell(self, state: str, **more: Any) -> None:
        publish(self._topic, "state", step=self.row.name, state=state, **more)


class Interrupted(Exception):  # noqa: N818 - nothing went wrong
    """The step stays as it is, to be gone on with later."""


@contextmanager
def running_step(recording: Recording, name: str) -> Iterator[RunningStep | None]:
    """Run the block as that step: it ends finished, or failed with the words of the problem. None when it has ended.

    Anything but a `Problem` is a defect: the step stays open, and the job that runs it is tried again.
    """
    row, _ = ProcessingStep.objects.get_or_create(recording=recording, name=name)
    if row.finished_at or row.failed_at:
        yield None
        return
    step = RunningStep(row)
    try:
        step.begin()
    except Interrupted:
        yield None
        return
    with suppress(Interrupted):
        try:
            yield step
        except Problem as problem:
            log.info("step_failed", recording_id=recording.pk, step=name, code=problem.code, notes=_notes(problem))
            step.fail(problem.detail)
        else:
            step.finish()


def _notes(problem: Problem) -> str:
    return "\n".join(getattr(problem, "__notes__", []))[-500:]


def has_ended(recording: Recording, name: str) -> bool:
    """Whether a step is over, one way or the other."""
    row = ProcessingStep.objects.filter(recording=recording, name=name).first()
    return row is not None and (row.finished_at is not None or row.failed_at is not None)


def has_finished(recording: Recording, name: str) -> bool:
    return ProcessingStep.objects.filter(recording=recording, name=name).exclude(finished_at=None).exists()


def fail_open_steps(recording_id: int, names: tuple[str, ...], words: str) -> None:
    """End what will not go on by itself."""
    with transaction.atomic():
        rows = ProcessingStep.objects.select_for_update().filter(
            recording_id=recording_id, name__in=names, finished_at=None, failed_at=None
        )
        for row in rows:
            RunningStep(row).fail(words)
