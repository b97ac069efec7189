"""The transcripts that meeting tools write, read into what each person said.

Forms, as their exports have them: WebVTT of Teams (`<v Name>`) and of Zoom ("Name: words"); SubRip with names; Teams'
document as text ("Name   0:03" above the words, and the older "0:0:3.12 --> 0:0:7.4" above the name); Zoom's saved
captions ("[Name] 10:02:11" above the words); Google Meet's document as text ("Name: words" under a time every few
minutes); and lines with names alone, or words alone. Pure: text in, values out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from twodesks.kit.webvtt import CaptionFileError, Cue, parse_captions
from twodesks.recordings.engine.speaker_names import NamesInUse, clean_name, split_name
from twodesks.recordings.engine.transcript_text import CHAT, MEET, TEAMS, Piece, read_text

MAX_LETTERS = 2_000_000
MOST_LINES = 20_000
# Twelve hours of somebody who speaks without a pause.
MOST_WORDS = 120_000
# Captions take four rows each: number, time, words, and a blank one.
_MOST_ROWS = 5 * MOST_LINES
# Zoom stamps captions with the time of day. A file that begins later than this cannot count from the recording's start.
_TIME_OF_DAY_MS = 600_000

_TEAMS_SPAN = re.compile(r"^\s*\d{1,3}:\d{1,2}:\d{1,2}(?:\.\d+)?\s*-->\s*\d{1,3}:\d{1,2}:\d{1,2}(?:\.\d+)?\s*$")


class CannotRead(ValueError):  # noqa: N818 - reads as what it is
    """Why a file is no transcript, in words for people."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one person said in one go. `speaker` is "" where the file names nobody; times are None where it has none."""

    speaker: str
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """`tool` is who seems to have written it: "Zoom", "Teams", "Google Meet", or ""."""

    tool: str
    lines: tuple[Line, ...]

    @property
    def is_timed(self) -> bool:
        return any(line.start_ms is not None for line in self.lines)

    @property
    def last_ms(self) -> int | None:
        """The latest time that the file speaks of."""
        return max((at for line in self.lines for at in (line.start_ms, line.end_ms) if at is not None), default=None)


def parse_transcript(text: str) -> Transcript:
    """Every word that was said, in order; times never run backwards. Raises `CannotRead`, and nothing else."""
    if len(text) > MAX_LETTERS:
        raise CannotRead("This file is far too long for the transcript of a call.")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    if text.count("\n") > _MOST_ROWS:
        raise CannotRead(_too_many(MOST_LINES, "lines"))
    found = _read(text)
    lines = tuple(_in_order([line for line in found.lines if line.text]))
    if not lines:
        raise CannotRead("There are no words in this file. Choose the transcript that your meeting tool wrote.")
    if len(lines) > MOST_LINES:
        raise CannotRead(_too_many(MOST_LINES, "lines"))
    if sum(len(line.text.split()) for line in lines) > MOST_WORDS:
        raise CannotRead(_too_many(MOST_WORDS, "words"))
    return replace(found, lines=lines)


def _too_many(most: int, what: str) -> str:
    return f"This transcript has more than {most:,} {what}, which is more than a call can have."


def from_rows(tool: str, rows: Sequence[Sequence[object]]) -> Transcript:
    """As `to_rows` wrote it."""
    return Transcript(tool, tuple(Line(*row) for row in rows))  # type: ignore[arg-type]


def to_rows(transcript: Transcript) -> list[list[object]]:
    return [[line.speaker, line.text, line.start_ms, line.end_ms] for line in transcript.lines]


def _read(text: str) -> Transcript:
    rows = text.split("\n")
    if re.match(r"WEBVTT(?:[ \t]|$)", rows[0]):
        return _from_captions(text, is_vtt=True)
    if any(_TEAMS_SPAN.match(row) for row in rows) and not _has_counters(rows):
        return Transcript(TEAMS, tuple(_spans(rows)))
    if any("-->" in row for row in rows):
        return _from_captions(text, is_vtt=False)
    tool, pieces = read_text(rows)
    if tool == CHAT:
        raise CannotRead("This is the call’s chat, not what was said. Choose the transcript of the same call.")
    return Transcript(tool, tuple(_counted_from_start(tool, [_line(piece) for piece in pieces])))


def _line(piece: Piece) -> Line:
    return Line(piece.speaker, " ".join(piece.text.split()), piece.start_ms, piece.end_ms)


def _has_counters(rows: Sequence[str]) -> bool:
    """SubRip counts its captions, Teams does not."""
    first = next(at for at, row in enumerate(rows) if "-->" in row)
    before = [row.strip() for row in rows[:first] if row.strip()]
    return bool(before) and before[-1].isdecimal()


def _spans(rows: Sequence[str]) -> Iterator[Line]:
    """Teams' older document: the time, the name, the words."""
    start = end = None
    waiting: list[str] = []
    for row in [*rows, "0:0:0 --> 0:0:0"]:
        if not _TEAMS_SPAN.match(row):
            if row.strip():
                waiting.append(row.strip())
            continue
        if start is not None and waiting:
            name, words = (waiting[0], waiting[1:]) if len(waiting) > 1 else ("", waiting)
            yield Line(clean_name(name), " ".join(" ".join(words).split()), start, end)
        start, end = (_span_ms(part) for part in row.split("-->"))
        waiting = []


def _span_ms(text: str) -> int:
    hours, minutes, seconds = text.strip().split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)


def _from_captions(text: str, *, is_vtt: bool) -> Transcript:
    try:
        cues = parse_captions(text)
    except CaptionFileError as error:
        raise CannotRead(str(error)) from error
    if any(cue.speaker for cue in cues):
        return Transcript(TEAMS, tuple(_spoken(cue, clean_name(cue.speaker), cue.text) for cue in cues))
    names = NamesInUse.among([cue.text for cue in cues])
    if not names.are_there:
        return Transcript("", tuple(_spoken(cue, "", cue.text) for cue in cues))
    return Transcript("Zoom" if is_vtt else "", tuple(_named(cues, names)))


def _named(cues: Sequence[Cue], names: NamesInUse) -> Iterator[Line]:
    """Where most captions begin with a name, one without has none; where few do, the one who spoke goes on."""
    speaker = ""
    for cue in cues:
        name, said = split_name(cue.text) or ("", cue.text)
        if not name or not names.has(name):
            name, said = ("" if names.on_every_line else speaker), cue.text
        speaker = name
        yield _spoken(cue, name, said)


def _spoken(cue: Cue, speaker: str, text: str) -> Line:
    return Line(speaker, " ".join(text.split()), cue.start_ms, cue.end_ms)


def _counted_from_start(tool: str, lines: list[Line]) -> list[Line]:
    """Times of day become times since the first words; where in the recording those are, the sound tells."""
    first = next((line.start_ms for line in lines if line.start_ms is not None), None)
    if first is None or first < _TIME_OF_DAY_MS or tool in (MEET, TEAMS):
        return lines
    counted, day, before = [], 0, first
    for line in lines:
        at = line.start_ms
        if at is not None:
            if before - at - day > 12 * 3_600_000:  # midnight
                day += 24 * 3_600_000
            at = before = at + day
        counted.append(replace(line, start_ms=None if at is None else max(at - first, 0)))
    return counted


def _in_order(lines: list[Line]) -> Iterator[Line]:
    latest = 0
    for line in lines:
        if line.start_ms is not None:
            latest = max(latest, line.start_ms)
            end = line.end_ms if line.end_ms is not None and line.end_ms > latest else None
            yield replace(line, start_ms=latest, end_ms=end)
        else:
            yield line
