"""Turn the speech of a recording into captions, while it is being made or afterwards."""

from dataclasses import asdict
from datetime import timedelta

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.activity.queue import defer_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.engine.sandbox import MediaRefused
from twodesks.recordings.engine.cues import from_rows, to_rows
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.keep_track import keep_track
from twodesks.recordings.operations.keep_transcript import settle_transcript, waiting_transcript
from twodesks.recordings.operations.listen_to_speech import Spoken, listen_to_speech
from twodesks.recordings.operations.run_step import RunningStep, has_ended, running_step
from twodesks.recordings.queries import find_recording
from twodesks.speech.cues import make_cues

LOOK_AGAIN = timedelta(seconds=15)
NO_SOUND = "There is no sound in this recording, so it has no captions. You can watch it, and add captions from a file."


@operation("recordings.caption_recording")
def caption_recording(*, actor: Actor, recording_id: int) -> None:
    """Follow the recording to its end and keep its captions. Killed at any moment, it goes on from its checkpoint."""
    recording = find_recording(actor, recording_id)
    if recording is None:  # discarded in the meantime
        return
    with running_step(recording, "caption") as step:
        if step is not None:
            try:
                spoken = listen_to_speech(recording=recording, step=step)
            except MediaRefused as refused:
                if refused.reason == "no-audio":
                    raise MediaRefused(NO_SOUND, reason=refused.reason) from refused
                raise
            _keep(actor, recording, step, spoken)
    if has_ended(recording, "caption"):
        defer_job("recordings.structure", once=f"structure:{recording_id}", recording_id=recording_id)
    else:
        defer_job("recordings.caption", lock=f"caption:{recording_id}", after=LOOK_AGAIN, recording_id=recording_id)


def _keep(actor: Actor, recording: Recording, step: RunningStep, spoken: Spoken) -> None:
    cues = make_cues(spoken.words, language=spoken.language, duration_ms=spoken.heard_ms)
    rows, words = to_rows(from_rows([asdict(cue) for cue in cues], [asdict(word) for word in spoken.words]))
    with transaction.atomic():
        locked = Recording.objects.select_for_update().get(pk=recording.pk)
        step.require_open()
        shown = locked.captions
        transcript = waiting_transcript(locked)
        if shown is not None and transcript is None:  # somebody has brought a file, or an earlier attempt came this far
            return
        own = keep_track(
            actor=actor,
            recording=locked,
            kind=CaptionTrack.Kind.CAPTIONS,
            cues=rows,
            words=words,
            model=spoken.model,
            language=spoken.language,
            based_on=shown or _latest_captions(locked),
        )
        locked.language = spoken.language
        locked.duration_ms = locked.duration_ms or spoken.heard_ms
        locked.save(update_fields=["language", "duration_ms"])
        if transcript is not None:
            settle_transcript(actor, locked, transcript, own, shown)
        record_statement(
            actor=actor,
            verb="captioned",
            object_type="recording",
            object_id=locked.pk,
            channel_id=locked.channel_id,
            result={"cues": len(rows), "words": len(words), "language": spoken.language},
        )


def _latest_captions(recording: Recording) -> CaptionTrack | None:
    """Of what had come before the recording was reopened; undoing goes back to it."""
    tracks = CaptionTrack.objects.filter(recording=recording, kind=CaptionTrack.Kind.CAPTIONS)
    return tracks.order_by("-version").first()
