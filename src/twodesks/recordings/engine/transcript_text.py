"""The plain text forms of transcripts: which one a file has, and what was said in it.

A header is a line that begins what somebody says; the lines up to the next one are the words. The header that occurs
most often tells the form, so that a line that only happens to look like another form's header stays words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from twodesks.recordings.engine.speaker_names import NamesInUse, clean_name, could_be_name, looks_like_name, split_name

ZOOM, TEAMS, MEET = "Zoom", "Teams", "Google Meet"
CHAT = "chat"

_CLOCK = r"(?P<at>(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,3})?(?:\s?[AaPp][Mm])?)"
_HEADERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (ZOOM, re.compile(rf"^\[(?P<name>[^\]]{{1,80}})\]\s+{_CLOCK}\s*(?P<said>)$")),
    (TEAMS, re.compile(rf"^(?P<name>\S.{{0,79}}?)(?:\s{{2,}}|\t){_CLOCK}(?P<said>)$")),
    (TEAMS, re.compile(rf"^(?P<name>\S(?:.{{0,78}}?\S)?)(?P<narrow>\s){_CLOCK}(?P<said>)$")),
    (CHAT, re.compile(rf"^{_CLOCK}\s+From\s+(?P<name>.{{1,80}}?)\s+[Tt]o\s+.{{1,80}}?\s*:\s*(?P<said>.*)$")),
    (ZOOM, re.compile(rf"^{_CLOCK}\s+From\s+(?P<name>.{{1,80}}?)\s*:\s*(?P<said>.*)$")),
    ("", re.compile(rf"^[\[(]?{_CLOCK}[\])]?\s*[-–—]?\s*(?P<name>[^:：]{{1,80}}?)\s*[:：](?:\s+(?P<said>.*))?$")),
    ("", re.compile(rf"^(?P<name>[^\[(]{{1,80}}?)\s*[\[(]{_CLOCK}[\])]\s*[:：]?\s*(?P<said>.*)$")),
    ("", re.compile(rf"^[\[(]{_CLOCK}[\])]\s*(?P<name>)(?P<said>\S.*)$")),
)
_STAMP = re.compile(rf"^[#*\s]*[\[(]?{_CLOCK}[\])]?[*\s]*$")
_ASIDE = re.compile(
    r"^[#*_\s]*(?:"
    r"(?:transcription|meeting|recording) ended after .{1,40}"
    r"|this editable transcript was computer generated.*"
    r"|people can also change the text after it was created.*"
    r"|.{1,80} (?:started|stopped) transcription"
    r")[*_\s]*$",
    re.IGNORECASE,
)
_ENDED = re.compile(rf"ended after {_CLOCK}", re.IGNORECASE)


@dataclass(slots=True)
class Piece:
    """What one person says, with its lines as they stand in the file."""

    speaker: str
    text: str
    start_ms: int | None
    end_ms: int | None = None


def read_text(rows: Sequence[str]) -> tuple[str, list[Piece]]:
    """The tool that wrote it, "" if that does not show, and what was said. Anything is read, if only as words.

    `CHAT` is what people wrote to each other beside the call.
    """
    kept = [row.strip() for row in rows if row.strip()]
    counts = [sum(1 for row in kept if _header(pattern, row)) for _, pattern in _HEADERS]
    most = max(counts, default=0)
    said = [row for row in kept if not _ASIDE.match(row)]
    names = NamesInUse.among([row for row in _after_first_stamp(said) if not _STAMP.match(row)])
    if most > names.counts.total() and most > 0:
        tool, pattern = _HEADERS[counts.index(most)]
        return tool, list(_under_headers(kept, pattern))
    has_stamps = any(_STAMP.match(row) for row in kept)
    if names.are_there:
        return (MEET if has_stamps else ""), _under_names(kept, names)
    return "", list(_words_alone(kept))


def _header(pattern: re.Pattern[str], row: str) -> tuple[str, int, str] | None:
    """Who begins to speak, when, and the words on the header's own line."""
    match = pattern.match(row)
    if match is None:
        return None
    name = clean_name(match["name"])
    # One space alone is between the words of a sentence, too.
    is_narrow = match.groupdict().get("narrow") is not None
    if name and not (looks_like_name(name) if is_narrow else could_be_name(name)):
        return None
    at = _milliseconds(match["at"])
    return None if at is None else (name, at, match["said"] or "")


def _under_headers(rows: Sequence[str], pattern: re.Pattern[str]) -> Iterator[Piece]:
    """What stands before the first header (title, date, who was there) is not said by anybody."""
    piece: Piece | None = None
    for row in rows:
        header = _header(pattern, row)
        if header is not None:
            if piece is not None:
                yield piece
            name, at, said = header
            piece = Piece(name, said, at)
        elif piece is not None and not _ASIDE.match(row):
            piece.text += f"\n{row}"
    if piece is not None:
        yield piece


def _after_first_stamp(rows: Sequence[str]) -> Sequence[str]:
    first = next((at for at, row in enumerate(rows) if _STAMP.match(row)), None)
    return rows if first is None else rows[first + 1 :]


def _under_names(rows: Sequence[str], names: NamesInUse) -> list[Piece]:
    """`Name: words`, with a time of its own every few minutes; that of the end tells when the last words were said."""
    pieces: list[Piece] = []
    stamp: int | None = None
    for row in _from_first_stamp(rows):
        split = split_name(row)
        at = _stamp(row)
        if at is not None:
            stamp = at
            if pieces:
                pieces.append(Piece(pieces[-1].speaker, "", None))
        elif _ASIDE.match(row):
            _end(pieces, row)
        elif split is not None and names.has(split[0]):
            pieces.append(Piece(split[0], split[1], stamp))
            stamp = None
        elif pieces:
            pieces[-1].text += f"\n{row}"
            if stamp is not None:
                pieces[-1].start_ms, stamp = stamp, None
    return pieces


def _end(pieces: Sequence[Piece], row: str) -> None:
    ended = _ENDED.search(row)
    if ended and pieces:
        pieces[-1].end_ms = _milliseconds(ended["at"])


def _from_first_stamp(rows: Sequence[str]) -> Sequence[str]:
    """Notes and headings come before the first time, if there are times."""
    first = next((at for at, row in enumerate(rows) if _STAMP.match(row)), 0)
    return rows[first:]


def _words_alone(rows: Sequence[str]) -> Iterator[Piece]:
    stamp: int | None = None
    for row in rows:
        if (at := _stamp(row)) is not None:
            stamp = at
        elif not _ASIDE.match(row):
            yield Piece("", row, stamp)
            stamp = None


def _stamp(row: str) -> int | None:
    match = _STAMP.match(row)
    return _milliseconds(match["at"]) if match else None


def _milliseconds(text: str) -> int | None:
    """`1:02:03.5`, `2:03` or `1:02:03 PM`; None for what no clock shows."""
    half = text[-2:].lower() if text[-1] in "mM" else ""
    parts = text.removesuffix(text[-2:] if half else "").strip().replace(",", ".").split(":")
    seconds = float(parts[-1])
    minutes = int(parts[-2])
    hours = int(parts[0]) if len(parts) == 3 else 0
    if half:
        hours = hours % 12 + (12 if half == "pm" else 0)
    if seconds >= 60 or (minutes >= 60 and len(parts) == 3):
        return None
    return round((hours * 3600 + minutes * 60 + seconds) * 1000)
