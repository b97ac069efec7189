"""What every change of captions or chapters has in common: based on a version, it makes the next one."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Conflict, Invalid
from twodesks.recordings import policies
from twodesks.recordings.engine import chapters as chapter_rows
from twodesks.recordings.engine.chapters import Chapter
from twodesks.recordings.engine.cues import CannotMend, Edit, from_rows, to_rows
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.keep_track import keep_track
from twodesks.recordings.queries import get_recording

R = TypeVar("R")


def mend_captions(*, actor: Actor, recording_id: int, based_on: int, change: str, edit: Edit) -> CaptionTrack:
    """Keep what `edit` makes of the captions as their next version.

    Raises `Conflict` with the version shown now when it is not `based_on`, `Invalid` with the reason of `CannotMend`.
    """
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        shown = recording.captions
        if shown is None:
            raise Invalid("The captions are still being written. You can mend them as soon as they are ready.")
        require_version(shown, based_on)
        cues, words = to_rows(attempt(lambda: edit(from_rows(shown.cues, shown.words))))
        if cues == shown.cues:
            return shown
        track = keep_track(
            actor=actor,
            recording=recording,
            kind=CaptionTrack.Kind.CAPTIONS,
            cues=cues,
            words=words,
            change=change,
        )
        record_change(actor, recording, track)
    return track


def mend_chapters(
    *,
    actor: Actor,
    recording_id: int,
    based_on: int | None,
    change: str,
    edit: Callable[[list[Chapter], int], list[Chapter]],
) -> CaptionTrack:
    """Keep what `edit` makes of the chapters, given the recording's length; the first ones are based on None."""
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        shown = recording.chapters
        require_version(shown, based_on)
        duration_ms = recording.duration_ms
        if duration_ms is None:
            raise Invalid("The length of this recording is not known yet. Try again in a moment.")
        now = chapter_rows.from_rows(shown.cues if shown else [])
        made = attempt(lambda: edit(now, duration_ms))
        track = keep_track(
            actor=actor,
            recording=recording,
            kind=CaptionTrack.Kind.CHAPTERS,
            cues=chapter_rows.to_rows(made, duration_ms),
            change=change,
        )
        record_change(actor, recording, track)
    return track


def locked_recording(actor: Actor, recording_id: int) -> Recording:
    """The recording, for a change of its tracks. Raises `NotFound` or `Denied`."""
    policies.may_caption(actor, get_recording(actor, recording_id)).require()
    return Recording.objects.select_for_update(of=("self",)).select_related("captions", "chapters").get(pk=recording_id)


def require_version(shown: CaptionTrack | None, based_on: int | None) -> None:
    """Raises `Conflict`, carrying what is shown now, when somebody was quicker."""
    version = shown.version if shown else None
    if version == based_on:
        return
    who = shown.made_by.first_name if shown and shown.made_by else "Somebody"
    current: dict[str, Any] = {"version": version, "cues": shown.cues if shown else []}
    raise Conflict(
        f"{who} changed this in the meantime. Your change was not made, and theirs is shown; make yours again if it is "
        "still needed.",
        current=current,
    )


def attempt(make: Callable[[], R]) -> R:
    try:
        return make()
    except CannotMend as reason:
        raise Invalid(str(reason)) from reason


def record_change(actor: Actor, recording: Recording, track: CaptionTrack) -> None:
    record_statement(
        actor=actor,
        verb="corrected",
        object_type="recording",
        object_id=recording.pk,
        channel_id=recording.channel_id,
        result={"kind": str(track.kind), "version": track.version},
        context={"change": track.change},
    )
