"""Change the words of a cue."""

from twodesks.kit.actor import Actor
from twodesks.kit.lines import one_line
from twodesks.kit.operation import operation
from twodesks.recordings.engine import cues
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_captions


@operation("recordings.correct_captions")
def correct_captions(*, actor: Actor, recording_id: int, based_on: int, cue: int, text: str) -> CaptionTrack:
    """Words that stay keep their times. An empty text takes the cue away. Raises `Conflict` or `Invalid`."""
    return mend_captions(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change=f"Wrote “{words[:120]}”" if (words := one_line(text)) else "Took a caption away",
        edit=lambda now: cues.correct(now, cue, text),
    )
