"""Take captions from a file in place of those there are."""

from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.kit.timecode import clock
from twodesks.kit.webvtt import CaptionFileError, parse_captions
from twodesks.recordings.engine.cues import TimedCue, from_file, to_rows
from twodesks.recordings.models import CaptionTrack, ProcessingStep
from twodesks.recordings.operations.keep_track import keep_track
from twodesks.recordings.operations.mend_track import locked_recording, record_change, require_version

MAX_LETTERS = 2_000_000
MOST_CUES = 20_000
_MAY_RUN_OVER_MS = 5_000


@operation("recordings.replace_captions")
def replace_captions(
    *, actor: Actor, recording_id: int, based_on: int | None, text: str, filename: str = ""
) -> CaptionTrack:
    """WebVTT or SubRip. `based_on` is None for a recording without captions.

    Raises `Invalid` with the line that is wrong, or when the captions go beyond the recording; `Conflict`; `TooLarge`.
    """
    cues = _read(text)
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        require_version(recording.captions, based_on)
        if recording.duration_ms is not None and cues[-1].start_ms > recording.duration_ms + _MAY_RUN_OVER_MS:
            raise Invalid(
                f"These captions go on to {clock(cues[-1].end_ms)}, and the recording ends at "
                f"{clock(recording.duration_ms)}. Nothing was changed. Is it the file of another recording?",
                field="file",
            )
        rows, words = to_rows(cues)
        track = keep_track(
            actor=actor,
            recording=recording,
            kind=CaptionTrack.Kind.CAPTIONS,
            cues=rows,
            words=words,
            change=f"Took captions from {filename[:100] or 'a file'}",
        )
        # There are captions now, whatever the model had to say about it.
        ProcessingStep.objects.filter(recording=recording, name="caption", finished_at=None).update(
            finished_at=timezone.now(), failed_at=None, failure="", progress=1
        )
        record_change(actor, recording, track)
    return track


def _read(text: str) -> list[TimedCue]:
    if len(text) > MAX_LETTERS:
        raise TooLarge("This file is far too long for captions. Nothing was changed.", field="file")
    try:
        found = parse_captions(text)
    except CaptionFileError as error:
        raise Invalid(f"{error} Nothing was changed.", field="file") from error
    cues = from_file((cue.start_ms, cue.end_ms, cue.text) for cue in found)
    if not cues:
        raise Invalid("There are no captions in this file. Nothing was changed.", field="file")
    if len(cues) > MOST_CUES:
        raise TooLarge(f"A recording has at most {MOST_CUES} captions. Nothing was changed.", field="file")
    return cues
