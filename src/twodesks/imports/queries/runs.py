"""Imports, for administrators: how each stands, and what came in and what did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from twodesks.imports import policies
from twodesks.imports.engine.records import REASONS, Tally
from twodesks.imports.models import ImportRun, RunChannel
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound


def runs(actor: Actor) -> QuerySet[ImportRun]:
    """The newest first; nothing for those who may not import."""
    found = ImportRun.objects.select_related("asked_by", "started_by", "undo_by").order_by("-asked_at")
    return found if policies.may_import(actor) else found.none()


def get_run(actor: Actor, run_id: int) -> ImportRun:
    """Raises `NotFound`, also for those who may not import."""
    found = runs(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def may_hear(actor: Actor, run_id: int) -> bool:
    """Who hears of an import's progress."""
    return runs(actor).filter(pk=run_id).exists()


def may_be_undone(run: ImportRun) -> bool:
    """Whether asking for it does something now: not twice, but again after it has failed."""
    return run.started_at is not None and not run.is_undo_asked and timezone.now() < run.undo_until


def unfinished_run(actor: Actor, kind: str, path: str) -> ImportRun | None:
    """A run of this path that was started and has neither ended nor failed for good."""
    mine = runs(actor).filter(kind=kind, path=path, started_at__isnull=False, ended_at=None, undo_at=None)
    return mine.first()


def unstarted_uploads(before: datetime) -> list[int]:
    """Runs whose file takes up room, put forward before then and never started."""
    waiting = ImportRun.objects.filter(upload_id__isnull=False, started_at=None, asked_at__lt=before)
    return list(waiting.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    title: str
    why: str
    count: int
    examples: Sequence[str]


def left_out_lines(told: dict[str, dict[str, object]]) -> list[LeftOutLine]:
    """What was left out, the most first, in words."""
    tally = Tally.from_json(told)
    return [
        LeftOutLine(*REASONS[reason], count, tally.examples.get(reason, ()))
        for reason, count in tally.counts.most_common()
    ]


def run_channels(actor: Actor, run: ImportRun) -> list[RunChannel]:
    """What has come into which channel, the latest last. Names of private channels are told to those in them alone."""
    return list(RunChannel.objects.filter(run=run).select_related("channel").order_by("last_at", "pk"))
