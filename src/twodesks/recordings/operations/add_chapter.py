"""Let a chapter begin somewhere."""

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.recordings.engine import chapters
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_chapters


@operation("recordings.add_chapter")
def add_chapter(*, actor: Actor, recording_id: int, based_on: int | None, start_ms: int, title: str) -> CaptionTrack:
    """The one before ends there; its picture follows. The first chapter of all is based on None.

    Raises `Conflict` or `Invalid`.
    """
    track = mend_chapters(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change=f"Added the chapter “{one_line(title)[:120]}”",
        edit=lambda now, duration_ms: chapters.add(now, start_ms, title, duration_ms),
    )
    defer_job("recordings.illustrate", once=f"illustrate:{recording_id}", recording_id=recording_id)
    return track
