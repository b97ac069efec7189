"""Put a picture to every chapter."""

import structlog

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Problem
from twodesks.media.operations.make_thumbnails import make_thumbnails
from twodesks.recordings.operations.run_step import has_finished
from twodesks.recordings.queries import find_recording

log = structlog.get_logger("twodesks.recordings")


@operation("recordings.illustrate_recording")
def illustrate_recording(*, actor: Actor, recording_id: int) -> None:
    """Once it is probed and has chapters; a picture that cannot be taken is left out, nobody waits for it."""
    recording = find_recording(actor, recording_id)
    if recording is None or recording.chapters is None or recording.media_file_id is None:
        return
    if not has_finished(recording, "probe"):
        return
    times = [row["start_ms"] for row in recording.chapters.cues]
    try:
        make_thumbnails(actor=actor, file_id=recording.media_file_id, times_ms=times)
    except Problem as problem:
        log.warning("no_thumbnails", recording_id=recording_id, code=problem.code)
