"""A first draft from speech: the clip, and what was said in it, each block with its second."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from twodesks.kit.markdown import clip_markdown, escape, source_markdown
from twodesks.kit.timecode import clock, media_fragment

_PARAGRAPH_MS = 25_000


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of speech: a cue, a key point or a chapter (whose text is its title)."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """What is known of a recording, or of the stretch of it that was chosen."""

    recording_id: int
    title: str
    speaker: str
    start_ms: int
    end_ms: int
    cues: Sequence[Spoken] = ()
    key_points: Sequence[Spoken] = ()
    chapters: Sequence[Spoken] = ()
    question: Spoken | None = None


def draft_body(speech: Speech) -> str:
    """The clip first; then its key points under its chapters, or its words when nothing stood out.

    A question that somebody put right before it comes before all of it.
    """
    parts = [f"> {_sourced(speech, speech.question)}"] if speech.question else []
    parts += [_clip(speech)] if speech.end_ms > speech.start_ms else []
    points = _within(speech, speech.key_points)
    if points:
        parts.extend(_points_by_chapter(speech, points))
    else:
        parts.extend(_sourced(speech, paragraph) for paragraph in _paragraphs(_within(speech, speech.cues)))
    return "\n\n".join(parts)


def _clip(speech: Speech) -> str:
    fragment = media_fragment(speech.start_ms, speech.end_ms)
    return clip_markdown(recording_id=speech.recording_id, fragment=fragment, title=speech.title)


def _within(speech: Speech, spoken: Iterable[Spoken]) -> list[Spoken]:
    return [one for one in spoken if one.start_ms < speech.end_ms and one.end_ms > speech.start_ms and one.text.strip()]


def _points_by_chapter(speech: Speech, points: Sequence[Spoken]) -> list[str]:
    chapters = sorted(_within(speech, speech.chapters), key=lambda chapter: chapter.start_ms)
    if len(chapters) < 2:
        return [_listed(speech, points)]
    parts: list[str] = []
    early = [point for point in points if point.start_ms < chapters[0].start_ms]
    if early:
        parts.append(_listed(speech, early))
    ends = [chapter.start_ms for chapter in chapters[1:]] + [speech.end_ms + 1]
    for chapter, end_ms in zip(chapters, ends, strict=True):
        inside = [point for point in points if chapter.start_ms <= point.start_ms < end_ms]
        if inside:
            parts.extend([f"## {escape(chapter.text)}", _listed(speech, inside)])
    return parts


def _listed(speech: Speech, points: Iterable[Spoken]) -> str:
    return "\n".join(f"- {_sourced(speech, point)}" for point in points)


def _sourced(speech: Speech, spoken: Spoken) -> str:
    label = ", ".join(filter(None, [spoken.speaker or _speaker_at(speech, spoken), clock(spoken.start_ms)]))
    fragment = media_fragment(spoken.start_ms, spoken.end_ms)
    return f"{escape(spoken.text)} {source_markdown(recording_id=speech.recording_id, fragment=fragment, label=label)}"


def _speaker_at(speech: Speech, spoken: Spoken) -> str:
    """Whose words a key point is made of; in a recording of one voice, the one who made it."""
    names = (cue.speaker for cue in speech.cues if cue.start_ms < spoken.end_ms and cue.end_ms > spoken.start_ms)
    return next(filter(None, names), speech.speaker)


def _paragraphs(cues: Sequence[Spoken]) -> list[Spoken]:
    """Cues put together to about 25 seconds, ended where a sentence ends, and where somebody else speaks."""
    paragraphs: list[Spoken] = []
    waiting: list[Spoken] = []
    for cue in cues:
        if waiting and cue.speaker != waiting[-1].speaker:
            paragraphs.append(_joined(waiting))
            waiting = []
        waiting.append(cue)
        long_enough = cue.end_ms - waiting[0].start_ms >= _PARAGRAPH_MS
        if long_enough and cue.text.rstrip().endswith((".", "!", "?", "…")):
            paragraphs.append(_joined(waiting))
            waiting = []
    if waiting:
        paragraphs.append(_joined(waiting))
    return paragraphs


def _joined(cues: Sequence[Spoken]) -> Spoken:
    words = " ".join(" ".join(cue.text.split()) for cue in cues)
    return Spoken(cues[0].start_ms, cues[-1].end_ms, words, cues[0].speaker)
