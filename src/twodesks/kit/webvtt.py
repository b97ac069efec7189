"""Caption files: WebVTT and SubRip written and read, with errors that name the line.

The reading is our own because captions that people upload need an answer such as "line 7: the cue ends before it
begins"; readers made for players drop what they do not understand and say nothing. The tests read what is written
here with webvtt-py as well.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_TIME = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}(?:\s|$)")
_VTT_TAG = re.compile(r"<[^>]*>")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_ANY_SPACE = re.compile(r"\s+")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font|c)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
_VTT_NON_CUES = ("NOTE", "STYLE", "REGION")

_PARAGRAPH_PAUSE_MS = 2_000
_PARAGRAPH_CHARACTERS = 420


class CaptionFileError(ValueError):
    """A caption file cannot be read. `line` is where, counted from 1; the message is fit for people."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Cue:
    """One timed caption. `text` is plain, its lines parted by a newline; `speaker` is "" when nobody is named."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""

    def __post_init__(self) -> None:
        if self.start_ms < 0 or self.end_ms <= self.start_ms:
            raise ValueError(f"a cue must end after it begins: {self.start_ms} to {self.end_ms} ms")


def to_vtt(cues: Iterable[Cue]) -> str:
    blocks = ["WEBVTT"]
    blocks += [
        f"{_timestamp(cue.start_ms, '.')} --> {_timestamp(cue.end_ms, '.')}\n"
        + _vtt_voice(cue.speaker)
        + _vtt_text(cue.text)
        for cue in cues
    ]
    return "\n\n".join(blocks) + "\n"


def to_srt(cues: Iterable[Cue]) -> str:
    """SubRip has no escapes: an arrow in the text would end the cue in many players, so it is written apart."""
    blocks = [
        f"{number}\n{_timestamp(cue.start_ms, ',')} --> {_timestamp(cue.end_ms, ',')}\n"
        + _without_blank_lines(_named(cue)).replace("-->", "-- >")
        for number, cue in enumerate(cues, start=1)
    ]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def to_text(cues: Iterable[Cue]) -> str:
    """The words alone, in paragraphs that follow the pauses; each begins with who speaks, where that is known."""
    paragraphs: list[str] = []
    current = speaker = ""
    previous_end = 0
    for cue in cues:
        pause = cue.start_ms - previous_end
        full = len(current) >= _PARAGRAPH_CHARACTERS and current.endswith((".", "?", "!", "。", "？", "！"))
        if current and (pause >= _PARAGRAPH_PAUSE_MS or full or cue.speaker != speaker):
            paragraphs.append(current)
            current = ""
        line = " ".join((cue.text if current else _named(cue)).split())
        current = f"{current} {line}".strip()
        previous_end, speaker = cue.end_ms, cue.speaker
    if current:
        paragraphs.append(current)
    return "\n\n".join(paragraphs) + "\n" if paragraphs else ""


def parse_captions(text: str) -> list[Cue]:
    """WebVTT or SubRip → its cues by time, as plain text. Raises CaptionFileError."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").split("\n")
    is_vtt = re.match(r"WEBVTT(?:[ \t]|$)", lines[0]) is not None
    if not is_vtt and not any("-->" in line for line in lines):
        raise CaptionFileError(1, "this is not a caption file. Use a WebVTT (.vtt) or SubRip (.srt) file.")
    cues = []
    for first, block in _blocks(lines):
        if is_vtt and (first == 1 or _is_vtt_aside(block)):
            continue
        cues += _parse_cue(first, block, is_vtt=is_vtt)
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def _timestamp(ms: int, point: str) -> str:
    seconds, milliseconds = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{milliseconds:03}"


def _without_blank_lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _vtt_text(text: str) -> str:
    return _without_blank_lines(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _vtt_voice(speaker: str) -> str:
    """A voice span that covers the cue needs no end (WebVTT, 3.1)."""
    name = _ANY_SPACE.sub(" ", speaker).strip()
    return f"<v {_vtt_text(name)}>" if name else ""


def _named(cue: Cue) -> str:
    name = _ANY_SPACE.sub(" ", cue.speaker).strip()
    return f"{name}: {cue.text}" if name else cue.text


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines between blank ones, with the number of their first line."""
    block: list[str] = []
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _is_vtt_aside(block: Sequence[str]) -> bool:
    return "-->" not in block[0] and block[0].split()[0].rstrip(":") in _VTT_NON_CUES


def _parse_cue(first: int, block: Sequence[str], *, is_vtt: bool) -> list[Cue]:
    """The cue of a block: none when it has no words, several when it has several voices."""
    at = 0 if "-->" in block[0] else 1
    if at >= len(block) or "-->" not in block[at]:
        raise CaptionFileError(first, "a time such as 00:01:05.000 --> 00:01:08.000 is missing here.")
    timing = _TIMING.match(block[at])
    if timing is None:
        raise CaptionFileError(first + at, f"“{block[at].strip()[:60]}” is not a time we can read.")
    start_ms, end_ms = _milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:])
    if end_ms <= start_ms:
        raise CaptionFileError(first + at, "the cue ends before it begins.")
    text = "\n".join(block[at + 1 :])
    if is_vtt:
        return list(_shared(start_ms, end_ms, list(_voices(text))))
    plain = _without_blank_lines(_SRT_TAG.sub("", text))
    return [Cue(start_ms, end_ms, plain)] if plain else []


def _voices(text: str) -> Iterator[tuple[str, str]]:
    """What each voice says in a cue, as (name, plain text); a voice goes on until the next one is named."""
    parts = _VOICE.split(text)
    for name, said in [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
        plain = _without_blank_lines(html.unescape(_VTT_TAG.sub("", said)))
        if plain:
            yield _ANY_SPACE.sub(" ", html.unescape(name)).strip(), plain


def _shared(start_ms: int, end_ms: int, voices: Sequence[tuple[str, str]]) -> Iterator[Cue]:
    """One cue a voice; they share the time by the length of what they say."""
    letters = sum(len(text) for _, text in voices)
    before = 0
    at = start_ms
    for number, (name, text) in enumerate(voices, start=1):
        before += len(text)
        left = len(voices) - number
        until = min(max(start_ms + (end_ms - start_ms) * before // letters, at + 1), end_ms - left)
        if until <= at:  # more voices than milliseconds
            until = at + 1
        yield Cue(at, until, text, name)
        at = until


def _milliseconds(groups: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = groups
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))
