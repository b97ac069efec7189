"""What changed between two texts, line by line and word by word, for people to read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from twodesks.kit.timecode import clock, parse_media_fragment

_CLIP = re.compile(r"!\[clip: ?((?:\\.|[^\]\\])*)\]\(recording:\d+#(t=[\d.,]+)\)")
_SOURCE = re.compile(r"\[((?:\\.|[^\]\\])*)\]\(recording:\d+#t=[\d.,]+(?: \"source\")?\)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_WORDS_COMPARED = 4_000


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stayed (`same`), came (`ins`) or went (`del`)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """`same`, `ins`, `del`, or `gap`: `hidden` unchanged lines left out."""

    kind: str
    runs: tuple[Run, ...] = ()
    hidden: int = 0


def legible(text: str) -> str:
    """The text with our own Markdown in words: `Clip “Cool it”, 0:12 to 0:40`, `(Amara, 0:27)`."""
    return _ESCAPED.sub(r"\1", _SOURCE.sub(r"(\1)", _CLIP.sub(_clip_in_words, text)))


def _clip_in_words(found: re.Match[str]) -> str:
    try:
        start_ms, end_ms = parse_media_fragment(found[2])
    except ValueError:
        return found[0]
    return f"Clip “{found[1]}”, {clock(start_ms)} to {clock(end_ms or start_ms)}"


def changed_lines(before: str, after: str, context: int = 1) -> list[Line]:
    """The lines that differ, each beside its neighbours."""
    old = [line for line in before.split("\n") if line.strip()]
    new = [line for line in after.split("\n") if line.strip()]
    lines: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            lines.extend(_unchanged(old[i1:i2], context, first=i1 == 0, last=i2 == len(old) and j2 == len(new)))
        else:
            lines.extend(_changed(old[i1:i2], new[j1:j2]))
    return lines if any(line.kind in ("ins", "del") for line in lines) else []


def changed_words(before: str, after: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The same change seen from both sides: what went, in `before`; what came, in `after`."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _WORDS_COMPARED:
        return (Run("del", before),), (Run("ins", after),)
    went: list[Run] = []
    came: list[Run] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        _append(went, "same" if tag == "equal" else "del", "".join(old[i1:i2]))
        _append(came, "same" if tag == "equal" else "ins", "".join(new[j1:j2]))
    return tuple(went), tuple(came)


def _append(runs: list[Run], kind: str, text: str) -> None:
    if text:
        runs.append(Run(kind, text))


def _unchanged(lines: list[str], context: int, *, first: bool, last: bool) -> Iterator[Line]:
    head = 0 if first else context
    tail = 0 if last else context
    if len(lines) <= head + tail + 1:
        yield from (Line("same", (Run("same", line),)) for line in lines)
        return
    yield from (Line("same", (Run("same", line),)) for line in lines[:head])
    yield Line("gap", hidden=len(lines) - head - tail)
    yield from (Line("same", (Run("same", line),)) for line in lines[len(lines) - tail :])


def _changed(old: list[str], new: list[str]) -> Iterator[Line]:
    """Lines that replace each other one by one show their words; the rest come and go whole."""
    paired = min(len(old), len(new))
    for was, now in zip(old[:paired], new[:paired], strict=True):
        went, came = changed_words(was, now)
        yield Line("del", went)
        yield Line("ins", came)
    yield from (Line("del", (Run("del", line),)) for line in old[paired:])
    yield from (Line("ins", (Run("ins", line),)) for line in new[paired:])
