"""The recordings of the demo: sent in as a browser sends them, with the captions that our own capture made of them."""

from typing import TYPE_CHECKING

from twodesks.demo.content import Content, RecordingContent, moment_in
from twodesks.demo.load_people import Loading
from twodesks.media.operations.receive_piece import receive_piece
from twodesks.recordings.operations.backdate_recording import backdate_recording
from twodesks.recordings.operations.correct_captions import correct_captions
from twodesks.recordings.operations.finish_recording import finish_recording
from twodesks.recordings.operations.rename_chapter import rename_chapter
from twodesks.recordings.operations.start_recording import start_recording
from twodesks.recordings.operations.take_captions import take_captions

if TYPE_CHECKING:
    from twodesks.recordings.models import CaptionTrack


def load_recordings(loading: Loading, content: Content, *, recaption: bool) -> None:
    """With `recaption` the shipped captions are left out, so that the worker makes them anew."""
    for recording in content.recordings:
        _load_recording(loading, recording, recaption=recaption)


def _load_recording(loading: Loading, content: RecordingContent, *, recaption: bool) -> None:
    owner = loading.actors[content.owner]
    recording = start_recording(
        actor=owner,
        kind=content.kind,
        content_type="audio/webm" if content.kind == "voice" else "video/webm",
        title=content.title,
        channel_id=loading.channel_ids[content.channel],
    )
    if recording.upload_id is None:
        raise RuntimeError("a new recording has an upload")
    receive_piece(actor=owner, upload_id=recording.upload_id, offset=0, data=content.path.read_bytes())
    finish_recording(actor=owner, recording_id=recording.pk, duration_ms=content.captions["duration_ms"])
    if not recaption:
        track = take_captions(actor=loading.system, recording_id=recording.pk, capture=content.captions)
        _check(loading, content, track)
    backdate_recording(
        actor=loading.system, recording_id=recording.pk, recorded_at=moment_in(content.recorded, loading.now)
    )
    loading.addresses.recordings[content.key] = recording.pk
    loading.addresses.words[content.key] = content.captions["words"]


def _check(loading: Loading, content: RecordingContent, track: "CaptionTrack") -> None:
    """What a person mended afterwards, each as a version of its own, as when they do it on the page."""
    if content.checked_by is None:
        return
    checker, recording_id = loading.actors[content.checked_by], track.recording_id
    for heard, said in content.corrections:
        for number, cue in enumerate(list(track.cues)):
            if heard in cue["text"]:
                text = cue["text"].replace(heard, said)
                track = correct_captions(
                    actor=checker, recording_id=recording_id, based_on=track.version, cue=number, text=text
                )
    for version, (chapter, title) in enumerate(zip(content.captions["chapters"], content.chapters, strict=False), 1):
        rename_chapter(
            actor=checker,
            recording_id=recording_id,
            based_on=version,
            start_ms=chapter["start_ms"],
            title=title,
        )
