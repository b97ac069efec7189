"""Take a chapter away; the one before it goes on."""

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.engine import chapters
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_chapters


@operation("recordings.remove_chapter")
def remove_chapter(*, actor: Actor, recording_id: int, based_on: int, start_ms: int) -> CaptionTrack:
    """The one that begins at `start_ms`. Raises `Conflict` or `Invalid`."""
    return mend_chapters(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change="Took a chapter away",
        edit=lambda now, _: chapters.remove(now, start_ms),
    )
