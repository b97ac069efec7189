"""Take the transcript that the meeting tool wrote of a call."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.kit.timecode import clock
from twodesks.recordings import policies
from twodesks.recordings.engine.placing import Placed, place
from twodesks.recordings.engine.transcript_files import MOST_BYTES, text_of
from twodesks.recordings.engine.transcripts import CannotRead, Transcript, parse_transcript, to_rows
from twodesks.recordings.models import CallTranscript, ProcessingStep, Recording
from twodesks.recordings.operations.keep_transcript import heard_version, heard_words, keep_transcript
from twodesks.recordings.operations.mend_track import locked_recording, record_change, require_version
from twodesks.recordings.operations.run_step import has_ended
from twodesks.recordings.queries import get_recording

__all__ = ["MOST_BYTES", "take_transcript"]

_MAY_RUN_OVER_MS = 5_000


@operation("recordings.take_transcript")
def take_transcript(
    *,
    actor: Actor,
    recording_id: int,
    data: bytes,
    filename: str = "",
    based_on: int | None = None,
    anyway: bool = False,
) -> CallTranscript:
    """`data` is the file as it came. With times it stands at once; its words take their times from our own captioning,
    now or as soon as that has heard them. Without times it waits for that.

    `based_on` is the version of the captions that the actor saw, None for whichever there is. Raises `Invalid`, having
    changed nothing: for a file that is no transcript, that goes on beyond the recording, or whose words are not those
    of the recording (`may_use_anyway` tells that `anyway` would take it all the same); `Conflict`.
    """
    before = get_recording(actor, recording_id)
    policies.may_caption(actor, before).require()
    transcript = _read(data)
    # Some seconds for a long call; nobody else waits for them, for the recording is locked afterwards.
    laid = _lay(transcript, before)
    with transaction.atomic():
        recording = locked_recording(actor, recording_id)
        if based_on is not None:
            require_version(recording.captions, based_on)
        _require_fits(transcript, recording)
        row = CallTranscript(
            recording=recording,
            tool=transcript.tool,
            filename=filename[-200:],
            lines=to_rows(transcript),
            brought_by_id=actor.member_id,
        )
        if laid.version != heard_version(recording):
            laid = _lay(transcript, recording)
        if laid.placed is not None:
            if laid.is_heard:
                _require_same_call(laid.placed, transcript, anyway=anyway)
                row.aligned_at = timezone.now()
            row.track = keep_transcript(actor, recording, row, laid.placed.cues)
        elif recording.ended_at is not None and has_ended(recording, "caption"):
            raise Invalid(
                "This transcript has no times, and no words were heard in the recording that could give it any. "
                "Nothing was changed. If your meeting tool can write the transcript as .vtt, use that.",
                field="file",
            )
        row.save()
        if row.track is not None:
            record_change(actor, recording, row.track)
            look_again_for_structure(recording)
    return row


@dataclass(frozen=True, slots=True)
class _Laid:
    """The transcript over that `version` of what was heard. `placed` None: nothing gives its words times yet."""

    version: int | None
    is_heard: bool
    placed: Placed | None


def _lay(transcript: Transcript, recording: Recording) -> _Laid:
    version, heard = heard_version(recording), heard_words(recording)
    if not heard and not transcript.is_timed:
        return _Laid(version, is_heard=False, placed=None)
    placed = place(transcript.lines, heard, duration_ms=recording.duration_ms, language=recording.language or "en")
    return _Laid(version, bool(heard), placed)


def look_again_for_structure(recording: Recording) -> None:
    """Chapters, key points and topics are found anew in the words that are shown now."""
    reopened = ProcessingStep.objects.filter(recording=recording, name="structure").exclude(finished_at=None)
    if reopened.update(finished_at=None, started_at=None, progress=0):
        defer_job("recordings.structure", once=f"structure:{recording.pk}", recording_id=recording.pk)


def _read(data: bytes) -> Transcript:
    try:
        return parse_transcript(text_of(data))
    except CannotRead as reason:
        raise Invalid(f"{reason} Nothing was changed.", field="file") from reason


def _require_fits(transcript: Transcript, recording: Recording) -> None:
    last = max((line.start_ms for line in transcript.lines if line.start_ms is not None), default=None)
    if last is not None and recording.duration_ms is not None and last > recording.duration_ms + _MAY_RUN_OVER_MS:
        raise Invalid(
            f"This transcript goes on at {clock(last)}, and the recording ends at {clock(recording.duration_ms)}. "
            "Nothing was changed. Is it the transcript of another call?",
            field="file",
        )


def _require_same_call(placed: Placed, transcript: Transcript, *, anyway: bool) -> None:
    if placed.agreed is None and not transcript.is_timed:
        raise Invalid(
            "This transcript has no times, and too few words were heard in the recording to place it by. Nothing was "
            "changed. If your meeting tool can write the transcript as .vtt, use that.",
            field="file",
        )
    if placed.is_another_call and not (anyway and transcript.is_timed):
        raise Invalid(
            "The words of this transcript are not those that are heard in the recording. Nothing was changed. Is it "
            "the transcript of another call?",
            field="file",
            may_use_anyway=transcript.is_timed,
        )
