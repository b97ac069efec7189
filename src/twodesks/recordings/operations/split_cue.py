"""Cut a cue in two."""

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.engine import cues
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_captions


@operation("recordings.split_cue")
def split_cue(*, actor: Actor, recording_id: int, based_on: int, cue: int, word: int) -> CaptionTrack:
    """Before its word number `word`, counted from 0. Raises `Conflict` or `Invalid`."""
    return mend_captions(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change="Split a caption",
        edit=lambda now: cues.split(now, cue, word),
    )
