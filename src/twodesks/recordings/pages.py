"""What the pages of recordings show, put together from reads."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from twodesks.channels.queries import postable_channels
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.kit.timecode import clock, length
from twodesks.media.queries import renditions_of, renditions_of_files, signed_url
from twodesks.recordings import policies
from twodesks.recordings.models import CaptionTrack, Clip, ProcessingStep, Recording
from twodesks.recordings.queries import (
    RecordingStatus,
    SpeakerRow,
    clip_content,
    recording_status,
    speakers_in,
    transcript_news,
    visible_recordings,
)
from twodesks.rows.prepared import prepared

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.media.models import MediaFile, Rendition

PLAYED_AS_THEY_ARE = ("video/webm", "video/mp4", "audio/webm", "audio/ogg", "audio/mp4", "audio/mpeg", "audio/wav")
BARS = 120


@dataclass(frozen=True, slots=True)
class Playable:
    """What a browser plays: a rendition where there is one, else the original if it can play that."""

    src: str
    content_type: str
    is_video: bool
    poster: str
    peaks: list[float]
    thumbnails: list[tuple[int, str]]

    def thumbnail_at(self, ms: int) -> str:
        """The last picture that was taken at or before `ms`, else the first."""
        before = [address for at, address in self.thumbnails if at <= ms]
        return before[-1] if before else (self.thumbnails[0][1] if self.thumbnails else self.poster)


@dataclass(frozen=True, slots=True)
class ChapterRow:
    number: int
    start_ms: int
    end_ms: int
    title: str
    thumbnail: str

    @property
    def stamp(self) -> str:
        return clock(self.start_ms)

    @property
    def lasts(self) -> str:
        return clock(self.end_ms - self.start_ms)

    @property
    def seconds(self) -> str:
        return f"{self.start_ms / 1000:g}"


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """A key point, or a cue, at its second. `speaker` is there where somebody else spoke before."""

    start_ms: int
    text: str
    speaker: SpeakerRow | None = None

    @property
    def line(self) -> SafeString:
        """As the transcript shows it without script; there may be a thousand, so no template is asked for each."""
        words = '<div class="cue"><a class="stamp plain" href="?t={}">{}</a><span>{}</span></div>'
        return format_html(words, self.seconds, self.stamp, self.text)

    @property
    def stamp(self) -> str:
        return clock(self.start_ms)

    @property
    def seconds(self) -> str:
        return f"{self.start_ms / 1000:g}"


@dataclass(frozen=True, slots=True)
class Bar:
    height: float

    @property
    def top(self) -> float:
        return round((100 - self.height) / 2, 1)


@dataclass(frozen=True, slots=True)
class RecordingPage:
    recording: Recording
    status: RecordingStatus
    playable: Playable | None
    original: str
    chapters: list[ChapterRow]
    key_points: list[SpokenRow]
    cues: list[SpokenRow]
    clips: list[SpokenRow]
    speakers: list[SpeakerRow]
    transcript_news: str
    channels: list["Channel"]
    may_change: bool
    data: dict[str, Any]

    @property
    def waveform(self) -> list[Bar]:
        return _bars(self.playable)

    @property
    def title(self) -> str:
        return self.recording.title or "Untitled recording"

    @property
    def length(self) -> str:
        return length(self.recording.duration_ms) if self.recording.duration_ms else ""

    @property
    def failures(self) -> list[str]:
        """What went wrong; where nothing can be played, only why, since all else follows from that."""
        if self.status.state == "failed":
            return [self.status.failure]
        return [step.failure for step in self.status.steps if step.failure]

    @property
    def no_words(self) -> str:
        """What stands in the transcript's place while it is empty."""
        if self.status.captions.is_final:
            return "Nobody speaks in this recording, so there are no words to show."
        if self.status.state in ("ready", "failed"):
            return "There are no words to show."
        return "The words come here while they are being written down."


def _bars(playable: Playable | None) -> list[Bar]:
    """The sound as bars of an SVG of height 100; a list of peaks of any length becomes `BARS` of them."""
    peaks = playable.peaks if playable else []
    count = min(BARS, len(peaks))
    loudest = max(peaks, default=0) or 1
    heights = [max(peaks[len(peaks) * at // count : len(peaks) * (at + 1) // count]) for at in range(count)]
    return [Bar(round(max(4.0, 100 * height / loudest), 1)) for height in heights]


def playable_of(recording: Recording, made: "Sequence[Rendition] | None" = None) -> Playable | None:
    """None until its file is there, or while it is one that browsers cannot play and nothing was made of it yet.

    `made` are its file's renditions, where they have been read.
    """
    file = recording.media_file
    if file is None:
        return None
    made = renditions_of(file.pk) if made is None else made
    by_kind = {rendition.kind: rendition for rendition in made}
    played = _played(file, by_kind)
    if played is None:
        return None
    return Playable(
        src=signed_url(played),
        content_type=played.content_type,
        is_video=played.content_type.startswith("video/") and file.has_video is not False,
        poster=signed_url(by_kind["poster"]) if "poster" in by_kind else "",
        peaks=list(by_kind["waveform"].data.get("peaks", [])) if "waveform" in by_kind else [],
        thumbnails=[(one.at_ms, signed_url(one)) for one in made if one.kind == "thumbnail" and one.at_ms is not None],
    )


def _played(file: "MediaFile", by_kind: dict[str, "Rendition"]) -> "MediaFile | Rendition | None":
    made = by_kind.get("video") or by_kind.get("audio")
    if made is not None:
        return made
    return file if file.content_type.split(";")[0] in PLAYED_AS_THEY_ARE else None


def recording_page(actor: Actor, recording_id: int) -> RecordingPage:
    """Raises `NotFound`."""
    status = recording_status(actor, recording_id)
    recording = next(iter(_whole(actor, recording_id=recording_id)), None)
    if recording is None:
        raise NotFound
    playable = playable_of(recording) if status.state != "failed" else None
    chapters = _chapters(recording, playable)
    clips = list(recording.clips.select_related("made_by").order_by("start_ms"))
    may_change = bool(policies.may_change(actor, recording))
    speakers = speakers_in(actor, recording.captions)
    return RecordingPage(
        recording=recording,
        status=status,
        playable=playable,
        original=signed_url(recording.media_file) if recording.media_file else "",
        chapters=chapters,
        key_points=[
            SpokenRow(int(point["start_ms"]), str(point["text"])) for point in recording.key_points if point["text"]
        ],
        cues=list(_in_turns(status.captions.cues, speakers)),
        clips=[SpokenRow(clip.start_ms, clip.title) for clip in clips],
        speakers=speakers,
        transcript_news=transcript_news(recording),
        channels=postable_channels(actor) if may_change else [],
        may_change=may_change,
        data=_data(actor, recording, status, chapters, clips)
        | {"speakers": [speaker.as_json() for speaker in speakers]},
    )


@prepared
def _whole(actor: Actor, recording_id: int) -> QuerySet[Recording]:
    with_people = ("owner", "channel", "media_file", "captions", "chapters")
    return visible_recordings(actor).select_related(*with_people).filter(pk=recording_id)


def _spoken(cues: Iterable[dict[str, Any]]) -> list[SpokenRow]:
    return [SpokenRow(int(cue["start_ms"]), str(cue["text"])) for cue in cues]


def _in_turns(cues: Iterable[dict[str, Any]], speakers: list[SpeakerRow]) -> Iterator[SpokenRow]:
    """With who speaks, wherever somebody else spoke before."""
    by_member = {speaker.member.pk: speaker for speaker in speakers if speaker.member is not None}
    by_name = {speaker.name: speaker for speaker in speakers if speaker.member is None}
    before: SpeakerRow | None = None
    for cue in cues:
        who = by_member.get(cue.get("member_id") or 0) or by_name.get(cue.get("speaker", ""))
        yield SpokenRow(int(cue["start_ms"]), str(cue["text"]), who if who is not before else None)
        before = who


def _chapters(recording: Recording, playable: Playable | None) -> list[ChapterRow]:
    if recording.chapters is None:
        return []
    cues = recording.chapters.cues
    ends = [int(cue["start_ms"]) for cue in cues[1:]] + [recording.duration_ms or 0]
    return [
        ChapterRow(
            number=number,
            start_ms=int(cue["start_ms"]),
            end_ms=max(end, int(cue["start_ms"])),
            title=str(cue["text"]),
            thumbnail=playable.thumbnail_at(int(cue["start_ms"])) if playable and playable.is_video else "",
        )
        for number, (cue, end) in enumerate(zip(cues, ends, strict=True))
    ]


def _data(
    actor: Actor, recording: Recording, status: RecordingStatus, chapters: list[ChapterRow], clips: list[Clip]
) -> dict[str, Any]:
    track = recording.captions
    return {
        "id": recording.pk,
        "title": recording.title,
        "state": status.state,
        "duration_ms": recording.duration_ms or 0,
        "captions": {
            "version": status.captions.version,
            "final": status.captions.is_final,
            "cues": status.captions.cues,
            "words": track.words if track else [],
        },
        "can_undo": track is not None and track.based_on_id is not None,
        "can_redo": track is not None and CaptionTrack.objects.filter(based_on=track).exists(),
        "chapters": [{"start_ms": row.start_ms, "end_ms": row.end_ms, "text": row.title} for row in chapters],
        "chapters_version": recording.chapters.version if recording.chapters else None,
        "clips": [clip_content(actor, clip) for clip in clips],
        "may_caption": bool(policies.may_caption(actor, recording)),
    }


@dataclass(frozen=True, slots=True)
class InlineRecording:
    """A recording inside something else: a voice note, a screen in a message. `failure` is for its owner's eyes too.

    Captions are there (`is_captioned`), or coming: `cues` are then those heard so far.
    """

    recording: Recording
    playable: Playable | None
    cues: list[SpokenRow]
    is_captioned: bool
    failure: str

    @property
    def waveform(self) -> list[Bar]:
        return _bars(self.playable)

    @property
    def is_voice(self) -> bool:
        if self.playable is None:
            return self.recording.kind == Recording.Kind.VOICE
        return not self.playable.is_video

    @property
    def is_coming(self) -> bool:
        return not self.is_captioned and not self.failure

    @property
    def length(self) -> str:
        return clock(self.recording.duration_ms) if self.recording.duration_ms else ""

    @property
    def lasts(self) -> str:
        return length(self.recording.duration_ms) if self.recording.duration_ms else ""


def inline_recordings(recordings: Iterable[Recording]) -> dict[int, InlineRecording]:
    """For recordings that the caller has found visible, with `captions` and `media_file`: two queries for all."""
    rows = list(recordings)
    files = [row.media_file_id for row in rows if row.media_file_id is not None]
    made = renditions_of_files(files) if files else {}
    waiting = [row.pk for row in rows if row.captions_id is None]
    steps = {step.recording_id: step for step in _caption_steps(waiting)} if waiting else {}
    return {row.pk: _inline(row, made.get(row.media_file_id or 0, ()), steps.get(row.pk)) for row in rows}


def _caption_steps(recording_ids: list[int]) -> list[ProcessingStep]:
    return list(ProcessingStep.objects.filter(recording__in=recording_ids, name="caption"))


def _inline(recording: Recording, made: "Sequence[Rendition]", step: ProcessingStep | None) -> InlineRecording:
    track = recording.captions
    heard = track.cues if track is not None else (step.checkpoint.get("cues", []) if step else [])
    return InlineRecording(
        recording=recording,
        playable=playable_of(recording, made),
        cues=_spoken(heard),
        is_captioned=track is not None,
        failure=step.failure if step is not None and track is None else "",
    )


@dataclass(frozen=True, slots=True)
class ListedRecording:
    recording: Recording
    poster: str

    @property
    def length(self) -> str:
        return clock(self.recording.duration_ms) if self.recording.duration_ms else ""

    @property
    def is_sound(self) -> bool:
        file = self.recording.media_file
        return self.recording.kind == Recording.Kind.VOICE or (file is not None and file.has_video is False)


def recordings_to_show(actor: Actor) -> QuerySet[Recording]:
    """Latest first, with what `with_posters` asks of them."""
    found = visible_recordings(actor).select_related("owner", "channel", "media_file")
    return found.prefetch_related("media_file__renditions").order_by("-created_at", "-pk")


def with_posters(recordings: Iterable[Recording]) -> list[ListedRecording]:
    """Recordings as lists show them. No queries for those of `recordings_to_show`."""
    return [ListedRecording(recording, _poster(recording)) for recording in recordings]


def _poster(recording: Recording) -> str:
    made = recording.media_file.renditions.all() if recording.media_file else []
    return next((signed_url(one) for one in made if one.kind == "poster"), "")
