"""Reads about recordings."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.kit.timecode import length
from twodesks.people.queries import members
from twodesks.recordings import policies
from twodesks.recordings.engine.speaker_names import forms_of_name
from twodesks.recordings.engine.speakers import Parts, Said, parts_in, speakers_of
from twodesks.recordings.models import STEPS, CaptionTrack, Clip, ProcessingStep, Recording
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.people.models import Member

# A browser sends a piece every two seconds or so; after this long without one nobody is recording any more.
LIVE_FOR = timedelta(seconds=20)


def visible_recordings(actor: Actor) -> QuerySet[Recording]:
    return Recording.objects.filter(policies.visible_to(actor))


def get_recording(actor: Actor, recording_id: int) -> Recording:
    """Raises `NotFound`, also for one that the actor may not know of."""
    found = _recording(actor, recording_id=recording_id)
    if not found:
        raise NotFound
    return found[0]


@prepared
def _recording(actor: Actor, recording_id: int) -> QuerySet[Recording]:
    return visible_recordings(actor).filter(pk=recording_id)


def find_recording(actor: Actor, recording_id: int) -> Recording | None:
    """The recording with its tracks; None for one that is gone by now, as jobs may find."""
    return visible_recordings(actor).select_related("captions", "chapters").filter(pk=recording_id).first()


def may_hear(actor: Actor, recording_id: int) -> bool:
    """Whether live events of a recording are for the actor."""
    return visible_recordings(actor).filter(pk=recording_id).exists()


@dataclass(frozen=True, slots=True)
class UnfinishedRecording:
    """A recording that nobody ended: its tab was closed, or it is being made in another one (`is_live`)."""

    recording_id: int
    title: str
    kind: str
    started_at: datetime
    last_piece_at: datetime | None
    upload_id: UUID
    received_bytes: int
    seconds: int
    is_live: bool


def unfinished_recordings(actor: Actor) -> list[UnfinishedRecording]:
    """The actor's own recordings with something in them and no end, latest first."""
    started = (
        visible_recordings(actor)
        .filter(owner_id=actor.member_id, ended_at=None, upload__received_bytes__gt=0)
        .select_related("upload")
        .prefetch_related("steps")
        .order_by("-created_at")[:20]
    )
    return [_unfinished(recording) for recording in started]


def _unfinished(recording: Recording) -> UnfinishedRecording:
    upload = recording.upload
    assert upload is not None  # noqa: S101 - filtered by its bytes
    last = upload.last_piece_at or recording.created_at
    heard = next((step.checkpoint.get("heard_ms", 0) for step in recording.steps.all() if step.name == "caption"), 0)
    by_clock = (last - recording.created_at) / timedelta(milliseconds=1)
    return UnfinishedRecording(
        recording_id=recording.pk,
        title=recording.title,
        kind=recording.kind,
        started_at=recording.created_at,
        last_piece_at=upload.last_piece_at,
        upload_id=upload.pk,
        received_bytes=upload.received_bytes,
        seconds=round((heard or by_clock) / 1000),
        is_live=timezone.now() - last < LIVE_FOR,
    )


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    state: str
    progress: float
    failure: str


@dataclass(frozen=True, slots=True)
class Captions:
    """`is_final` is false while they are still being made, the first `settled` of them excepted; `version` is None
    until then."""

    cues: list[dict[str, Any]]
    settled: int
    is_final: bool
    version: int | None
    language: str


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    """What a page that waits for a recording needs to know. `state`: recording, processing, ready or failed."""

    recording_id: int
    title: str
    state: str
    duration_ms: int | None
    received_bytes: int
    steps: list[Step]
    captions: Captions
    failure: str = ""

    def as_json(self) -> dict[str, Any]:
        """With `final` for `is_final`, as the wire has it."""
        content = asdict(self)
        captions: dict[str, Any] = content["captions"]
        captions["final"] = captions.pop("is_final")
        return content


def recording_status(actor: Actor, recording_id: int) -> RecordingStatus:
    """Raises `NotFound`."""
    recording = next(iter(_with_steps(actor, recording_id=recording_id)), None)
    if recording is None:
        raise NotFound
    rows = {row.name: row for row in recording.steps.all()}
    steps = [_step(rows[name]) for name in STEPS if name in rows]
    return RecordingStatus(
        recording_id=recording.pk,
        title=recording.title,
        state=_state(recording, steps),
        duration_ms=recording.duration_ms,
        received_bytes=recording.upload.received_bytes if recording.upload else 0,
        steps=steps,
        captions=_captions(recording, rows.get("caption")),
        failure=next((step.failure for step in steps if step.failure), ""),
    )


@prepared
def _with_steps(actor: Actor, recording_id: int) -> QuerySet[Recording]:
    found = visible_recordings(actor).filter(pk=recording_id)
    # The words of an hour are half a megabyte, and only the page needs them.
    return found.select_related("upload", "captions").prefetch_related("steps").defer("captions__words")


def _step(row: ProcessingStep) -> Step:
    if row.failed_at:
        state = "failed"
    elif row.finished_at:
        state = "finished"
    else:
        state = "running" if row.started_at else "waiting"
    return Step(row.name, state, 1.0 if row.finished_at else row.progress, row.failure)


def _state(recording: Recording, steps: list[Step]) -> str:
    if recording.ended_at is None:
        return "recording"
    if any(step.state == "failed" and step.name in ("receive", "probe") for step in steps):
        return "failed"
    return "ready" if all(step.state in ("finished", "failed") for step in steps) else "processing"


def _captions(recording: Recording, step: ProcessingStep | None) -> Captions:
    track = recording.captions
    if track is not None:
        return Captions(track.cues, len(track.cues), True, track.version, track.language)
    so_far = step.checkpoint if step else {}
    return Captions(so_far.get("cues", []), so_far.get("settled", 0), False, None, so_far.get("language", ""))


@dataclass(frozen=True, slots=True)
class TrackState:
    """A version of captions or chapters as it is shown, and whether there are others on either side of it."""

    version: int | None
    cues: list[dict[str, Any]]
    words: list[dict[str, Any]]
    language: str
    speakers: "list[SpeakerRow]"
    can_undo: bool
    can_redo: bool


def track_state(actor: Actor, recording_id: int, kind: str = "captions") -> TrackState:
    """Raises `NotFound`. Without a version there is nothing yet."""
    recording = visible_recordings(actor).select_related(kind).filter(pk=recording_id).first()
    if recording is None:
        raise NotFound
    track = recording.captions if kind == CaptionTrack.Kind.CAPTIONS else recording.chapters
    if track is None:
        return TrackState(None, [], [], "", [], can_undo=False, can_redo=False)
    return TrackState(
        version=track.version,
        cues=track.cues,
        words=track.words,
        language=track.language,
        speakers=speakers_in(actor, track),
        can_undo=track.based_on_id is not None,
        can_redo=CaptionTrack.objects.filter(recording=recording, kind=kind, based_on=track).exists(),
    )


def member_ids_by_name(actor: Actor, names: Collection[str]) -> dict[str, int]:
    """Which of these names, as a meeting tool writes them, are one active member's and nobody else's."""
    if not names:
        return {}
    bearers: dict[str, set[int]] = {}
    for member_id, name, email in members(actor).filter(deactivated_at=None).values_list("pk", "name", "email"):
        for form in forms_of_name(name) | {(email or "").casefold()}:
            bearers.setdefault(form, set()).add(member_id)
    found = {}
    for name in names:
        meant = {member_id for form in forms_of_name(name) for member_id in bearers.get(form, ())}
        if len(meant) == 1:
            found[name] = meant.pop()
    return found


def spoken_cues(track: CaptionTrack | None) -> list[Said]:
    """The cues of a track, each with who speaks."""
    rows = track.cues if track is not None else []
    return [
        Said(row["start_ms"], row["end_ms"], row["text"], row.get("speaker", ""), row.get("member_id")) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SpeakerRow:
    """Somebody who speaks in a recording; `member` is None for guests."""

    name: str
    member: "Member | None"
    percent: int
    length: str
    turns: int

    def as_json(self) -> dict[str, Any]:
        member = self.member
        return {
            "name": self.name,
            "member_id": member.pk if member else None,
            "photo": member.photo_url if member else "",
            "initials": member.initials if member else "",
            "percent": self.percent,
            "length": self.length,
            "turns": self.turns,
        }


def speakers_in(actor: Actor, track: CaptionTrack | None) -> list[SpeakerRow]:
    """Who speaks, most talkative first. Members by the name that they have now."""
    found = speakers_of(spoken_cues(track))
    known = members(actor).in_bulk([one.member_id for one in found if one.member_id is not None])
    return [
        SpeakerRow(
            name=known[one.member_id].name if one.member_id in known else one.name,
            member=known.get(one.member_id),
            percent=round(100 * one.share),
            length=length(one.talk_ms),
            turns=one.turns,
        )
        for one in found
    ]


def parts_of_stretch(recording: Recording, start_ms: int, end_ms: int) -> Parts | None:
    """Who explained and who asked in a stretch; None where the captions do not say who speaks in it."""
    cues = spoken_cues(recording.captions)
    named = any(cue.speaker for cue in cues if cue.start_ms < end_ms and cue.end_ms > start_ms)
    return parts_in(cues, start_ms, end_ms) if named else None


def transcript_news(recording: Recording) -> str:
    """What the page says of the transcript that the meeting tool wrote, where there is something to say."""
    latest = recording.transcripts.order_by("-brought_at").first()
    if latest is None or latest.aligned_at is not None:
        return ""
    tool = f"{latest.tool}’s transcript" if latest.tool else "The call’s own transcript"
    if latest.refused_at is not None:
        undo = " Undo brings the transcript back." if latest.track_id else ""
        return (
            f"The words of {latest.filename or 'the transcript'} are not those that are heard here, so you see our own "
            f"captions.{undo} Is it the transcript of another call?"
        )
    if recording.steps.filter(name="caption", finished_at=None, failed_at=None).exists():
        if latest.track_id:
            return (
                f"{tool} stands here. Its words take their exact times as soon as the recording has been listened to."
            )
        return f"{tool} has no times. It comes here once the recording has been listened to."
    if latest.track_id:
        return ""
    return (
        f"{tool} has no times, and no words could be heard here that would give it any. If your meeting tool can write "
        "it as .vtt, use that."
    )


def clip_content(actor: Actor, clip: Clip) -> dict[str, Any]:
    """A clip as the page's script knows it."""
    return {
        "id": clip.pk,
        "start_ms": clip.start_ms,
        "end_ms": clip.end_ms,
        "title": clip.title,
        "made_by": clip.made_by.name,
        "is_mine": clip.made_by_id == actor.member_id,
    }


def clips_of(actor: Actor, recording_id: int) -> list[dict[str, Any]]:
    """The clips of a recording, in order of time. Raises `NotFound`."""
    recording = get_recording(actor, recording_id)
    clips = Clip.objects.filter(recording=recording).select_related("made_by").order_by("start_ms", "pk")
    return [clip_content(actor, clip) for clip in clips]


def words_between(recording: Recording, start_ms: int, end_ms: int) -> str:
    """What is said between two moments, as its captions have it now."""
    track = recording.captions
    if track is None:
        return ""
    spaced = any(" " in str(cue["text"]) for cue in track.cues)
    said = [str(word["text"]) for word in track.words if start_ms <= (word["start_ms"] + word["end_ms"]) / 2 <= end_ms]
    return (" " if spaced else "").join(said)
