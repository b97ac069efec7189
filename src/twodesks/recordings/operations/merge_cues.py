"""Join a cue with the one after it."""

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.engine import cues
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_captions


@operation("recordings.merge_cues")
def merge_cues(*, actor: Actor, recording_id: int, based_on: int, cue: int) -> CaptionTrack:
    """Cue number `cue` and the next. Raises `Conflict` or `Invalid`."""
    return mend_captions(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change="Joined two captions",
        edit=lambda now: cues.merge(now, cue),
    )
