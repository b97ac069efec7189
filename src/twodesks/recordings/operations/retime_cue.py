"""Let a cue come and go at other times."""

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.timecode import clock
from twodesks.recordings.engine import cues
from twodesks.recordings.models import CaptionTrack
from twodesks.recordings.operations.mend_track import mend_captions
from twodesks.recordings.queries import get_recording


@operation("recordings.retime_cue")
def retime_cue(*, actor: Actor, recording_id: int, based_on: int, cue: int, start_ms: int, end_ms: int) -> CaptionTrack:
    """Its words move with it; it never reaches over its neighbours. Raises `Conflict` or `Invalid`."""
    duration_ms = get_recording(actor, recording_id).duration_ms
    return mend_captions(
        actor=actor,
        recording_id=recording_id,
        based_on=based_on,
        change=f"Moved a caption to {clock(start_ms)}",
        edit=lambda now: cues.retime(now, cue, start_ms, end_ms, duration_ms),
    )
