"""Two people changed one text: what goes together by itself, and what somebody has to settle (diff3).

The unit is the sentence, so that two changes in one paragraph need not be a conflict.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINE = re.compile(r"[^\n]*\n+|[^\n]+$")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)\]]*[ \t]+(?=\S)")
_WHOLE_LINES = ("|", "```", "~~~", "![", "    ", "\t")


@dataclass(frozen=True, slots=True)
class Clash:
    """A stretch that both changed. `number` counts clashes from 0."""

    number: int
    base: str
    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merge:
    """`parts` in order. `taken`: how many changes of theirs went in by themselves."""

    parts: tuple[str | Clash, ...]
    taken: int

    @property
    def clashes(self) -> tuple[Clash, ...]:
        return tuple(part for part in self.parts if isinstance(part, Clash))

    def text(self, settled: Sequence[str] = ()) -> str:
        """The whole, with `settled[n]` in place of clash n. Raises `IndexError` for one not settled."""
        whole = "".join(part if isinstance(part, str) else _ended(settled[part.number]) for part in self.parts)
        return whole.rstrip()


def merge_texts(*, base: str, mine: str, theirs: str) -> Merge:
    """Put the changes from `base` to `mine` and to `theirs` together."""
    pieces = [_pieces(text) for text in (base, mine, theirs)]
    parts: list[str | Clash] = []
    taken = clashes = 0
    for base_part, mine_part, theirs_part in _regions(*pieces):
        if mine_part == theirs_part or theirs_part == base_part:
            _add(parts, mine_part)
        elif mine_part == base_part:
            _add(parts, theirs_part)
            taken += 1
        else:
            parts.append(Clash(clashes, "".join(base_part), "".join(mine_part), "".join(theirs_part)))
            clashes += 1
    return Merge(tuple(parts), taken)


def merge_topics(*, base: Iterable[str], mine: Iterable[str], theirs: Iterable[str]) -> list[str]:
    """Both added and both took away; that is never a conflict."""
    before, kept = set(base), list(mine)
    gone = before - set(theirs)
    return [topic for topic in kept if topic not in gone] + [
        topic for topic in theirs if topic not in before and topic not in kept
    ]


def _ended(text: str) -> str:
    """Words settled by hand may lack the blank line that parted them from the next block."""
    return text if not text or text.endswith((" ", "\n")) else text + "\n\n"


def _add(parts: list[str | Clash], pieces: Sequence[str]) -> None:
    words = "".join(pieces)
    if words and parts and isinstance(parts[-1], str):
        parts[-1] += words
    elif words:
        parts.append(words)


def _pieces(text: str) -> list[str]:
    """Sentences with the blanks after them; joined they are the text, ended by a blank line."""
    pieces: list[str] = []
    whole = text.rstrip()
    for line in _LINE.findall(whole + "\n\n" if whole else ""):
        if line.startswith(_WHOLE_LINES):
            pieces.append(line)
            continue
        start = 0
        for end in _SENTENCE_END.finditer(line):
            pieces.append(line[start : end.end()])
            start = end.end()
        pieces.append(line[start:])
    return pieces


@dataclass(frozen=True, slots=True)
class _Change:
    """One side put `pieces` in the place of base[start:end]."""

    start: int
    end: int
    is_mine: bool
    pieces: tuple[str, ...]


Region = tuple[list[str], list[str], list[str]]


def _regions(base: list[str], mine: list[str], theirs: list[str]) -> Iterator[Region]:
    """(base, mine, theirs) of every stretch in order, cut so small that no change reaches over an end."""
    at = 0
    for group in _groups(sorted(_changes(base, mine, True) + _changes(base, theirs, False), key=_place)):
        start, end = group[0].start, max(change.end for change in group)
        if at < start:
            yield base[at:start], base[at:start], base[at:start]
        yield base[start:end], _side(base, group, True), _side(base, group, False)
        at = end
    if at < len(base):
        yield base[at:], base[at:], base[at:]


def _changes(base: list[str], changed: list[str], is_mine: bool) -> list[_Change]:
    """As many sentences in the place of as many are taken one by one, so that a clash is no wider than it must be."""
    changes: list[_Change] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, base, changed).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:
            changes += [_Change(i1 + n, i1 + n + 1, is_mine, (changed[j1 + n],)) for n in range(i2 - i1)]
        elif tag != "equal":
            changes.append(_Change(i1, i2, is_mine, tuple(changed[j1:j2])))
    return changes


def _place(change: _Change) -> tuple[int, int]:
    return change.start, change.end


def _groups(changes: list[_Change]) -> Iterator[list[_Change]]:
    """Changes that reach into each other, or put something in at the same place."""
    group: list[_Change] = []
    for change in changes:
        if group and not _touches(group, change):
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _touches(group: list[_Change], change: _Change) -> bool:
    end = max(one.end for one in group)
    return change.start < end or (change.start == change.end == end == group[0].start)


def _side(base: list[str], group: list[_Change], is_mine: bool) -> list[str]:
    """What one side made of the stretch."""
    pieces: list[str] = []
    at, end = group[0].start, max(change.end for change in group)
    for change in group:
        if change.is_mine == is_mine:
            pieces += [*base[at : change.start], *change.pieces]
            at = change.end
    return pieces + base[at:end]
