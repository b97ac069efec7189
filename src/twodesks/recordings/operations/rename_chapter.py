"""Give a chapter another title."""

from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.recordings.engine import chapters
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_chapters


@operation("recordings.rename_chapter")
def rename_chapter(*, actor: Actor, recording_id: int, based_on: int, start_ms: int, title: str) -> CaptionTrack:
    """The one that begins at `start_ms`. Raises `Conflict` or `Invalid`."""
    return mend_chapters(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change=f"Called a chapter “{one_line(title)[:120]}”",
        edit=lambda now, _: chapters.rename(now, start_ms, title),
    )
