"""What a recording's speech gives to a first draft, and to somebody who writes beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twodesks.insights.engine.drafting import Speech, Spoken, draft_body
from twodesks.insights.engine.words import TITLE_CHARS, TOPIC_CHARS, TOPICS
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid, NotFound
from twodesks.kit.timecode import clock
from twodesks.recordings.engine.speakers import Parts
from twodesks.recordings.queries import parts_of_stretch, visible_recordings

if TYPE_CHECKING:
    from twodesks.recordings.models import CaptionTrack, Recording


@dataclass(frozen=True, slots=True)
class Suggestion:
    title: str
    body: str
    topics: list[str]
    channel_id: int | None
    explained: tuple[int, ...]
    asked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Transcript:
    """A recording beside the editor. `is_ready` is false until its captions are there."""

    recording: "Recording"
    speaker: str
    cues: tuple[Spoken, ...]
    key_points: tuple[Spoken, ...]
    topics: tuple[str, ...]
    duration_ms: int
    is_ready: bool


def suggest_from_recording(
    actor: Actor, recording_id: int, stretch: tuple[int, int | None] | None = None
) -> Suggestion:
    """A first draft of a recording, or of a stretch (start and end in ms) of it. Raises `NotFound`.

    Who explained: the members who speak in it, where the captions say who speaks; else who recorded it.
    """
    transcript = get_transcript(actor, recording_id)
    recording = transcript.recording
    start_ms, end_ms = _bounds(transcript, stretch)
    parts = parts_of_stretch(recording, start_ms, end_ms)
    title = recording.title.strip() or (transcript.topics[0] if transcript.topics else "")
    speech = Speech(
        recording_id=recording.pk,
        title=_clip_title(transcript, title, start_ms, end_ms) if stretch else title or "The recording",
        speaker=recording.owner.first_name,
        start_ms=start_ms,
        end_ms=end_ms,
        cues=transcript.cues,
        key_points=transcript.key_points,
        chapters=_spoken(_cues(recording.chapters)),
        question=_question(parts) if parts is not None and stretch else None,
    )
    return Suggestion(
        title=title[:TITLE_CHARS],
        body=draft_body(speech),
        topics=[topic[:TOPIC_CHARS] for topic in transcript.topics[:3]],
        channel_id=recording.channel_id,
        explained=(recording.owner_id,) if parts is None else parts.explained,
        asked=() if parts is None else parts.asked,
    )


def get_transcript(actor: Actor, recording_id: int) -> Transcript:
    """Raises `NotFound`, also for a recording that the actor may not know of."""
    recording = (
        visible_recordings(actor)
        .select_related("owner", "captions", "chapters", "channel")
        .filter(pk=recording_id)
        .first()
    )
    if recording is None:
        raise NotFound
    cues = _spoken(_cues(recording.captions))
    return Transcript(
        recording=recording,
        speaker="You" if recording.owner_id == actor.member_id else recording.owner.name,
        cues=cues,
        key_points=_spoken([point for point in recording.key_points if point["text"]]),
        topics=tuple(str(topic) for topic in recording.topics[:TOPICS]),
        duration_ms=recording.duration_ms or (cues[-1].end_ms if cues else 0),
        is_ready=recording.captions is not None,
    )


def own_recordings(actor: Actor) -> "list[Recording]":
    """What the actor recorded lately, for choosing one to write beside."""
    found = visible_recordings(actor).filter(owner_id=actor.member_id or 0, ended_at__isnull=False)
    return list(found.order_by("-created_at")[:8])


def _cues(track: "CaptionTrack | None") -> Iterable[Mapping[str, Any]]:
    return track.cues if track is not None else ()


def _spoken(rows: Iterable[Mapping[str, Any]]) -> tuple[Spoken, ...]:
    return tuple(
        Spoken(
            int(row["start_ms"]),
            int(row.get("end_ms") or row["start_ms"]),
            str(row.get("text") or ""),
            str(row.get("speaker") or ""),
        )
        for row in rows
    )


def _question(parts: Parts) -> Spoken | None:
    asked = parts.question
    if not asked:
        return None
    words = " ".join(" ".join(cue.text.split()) for cue in asked)
    return Spoken(asked[0].start_ms, asked[-1].end_ms, words, asked[0].speaker)


def _bounds(transcript: Transcript, stretch: tuple[int, int | None] | None) -> tuple[int, int]:
    """The stretch, kept inside the recording. Raises `Invalid` for one that is not forward."""
    start_ms, end_ms = stretch or (0, None)
    end_ms = transcript.duration_ms if end_ms is None else end_ms
    if transcript.duration_ms:
        end_ms = min(end_ms, transcript.duration_ms)
    if end_ms < start_ms or start_ms < 0:
        raise Invalid("This stretch of the recording ends before it begins. Choose it again in the transcript.")
    return start_ms, end_ms


def _clip_title(transcript: Transcript, title: str, start_ms: int, end_ms: int) -> str:
    said = " ".join(
        cue.text.replace("\n", " ") for cue in transcript.cues if cue.start_ms < end_ms and cue.end_ms > start_ms
    ).strip()
    return (said[:80].rsplit(" ", 1)[0] + "…" if len(said) > 80 else said) or title or clock(start_ms)
