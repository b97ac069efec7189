"""Which words of a passage to show and to mark."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from twodesks.language.words import WORD, stem, stop_words
from twodesks.search.engine.words import fold

LONGEST_EXCERPT = 240
# A phrase may end in the next cue.
SPOKEN_ON = 40


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of shown text, marked or not. Text, never HTML: templates escape it."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    parts: tuple[Part, ...]
    start_ms: int | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


def sought(text: str) -> frozenset[str]:
    """What to mark for a question: the stems of its words that are not stop words, or of all if there are no others."""
    stops = stop_words("en") | stop_words("ru")
    words = {word for word in WORD.findall(text[:2_000]) if len(word) <= 80}
    chosen = {word for word in words if fold(word) not in stops} or words
    return frozenset(_stems(chosen))


def _stems(words: Iterable[str]) -> set[str]:
    return set().union(*map(_stems_of, words))


# A page of results looks at thousands of words, most of them the same few.
@lru_cache(maxsize=1 << 15)
def _stems_of(word: str) -> frozenset[str]:
    """The stems of a word and of its parts."""
    return frozenset(stem(fold(part)) for part in (word, *_parts(word)))


def _parts(word: str) -> list[str]:
    return [part for part in word.replace("_", "-").replace(".", "-").replace("/", "-").split("-") if len(part) > 2]


def excerpt(
    text: str,
    stems: frozenset[str],
    *,
    marks: Sequence[Sequence[int]] = (),
    start_ms: int | None = None,
    longest: int = LONGEST_EXCERPT,
) -> Excerpt:
    """The stretch of a passage with most of the words sought, those marked, and the second at which it is spoken."""
    found = [match.span() for match in WORD.finditer(text) if _is_sought(match.group(), stems)]
    start, end = _densest(text, found, longest, [int(mark[0]) for mark in marks])
    shown = [(left, right) for left, right in found if start <= left and right <= end]
    return Excerpt(tuple(_parts_of(text, start, end, shown)), _spoken_ms(text, found, marks, start_ms))


def _spoken_ms(
    text: str, found: list[tuple[int, int]], marks: Sequence[Sequence[int]], start_ms: int | None
) -> int | None:
    """The start of the cue from which most of the words sought are spoken."""
    best, most = start_ms, 0
    for place, (offset, at_ms) in enumerate(marks):
        end = marks[place + 1][0] if place + 1 < len(marks) else len(text)
        if any(offset <= left < end for left, _ in found):
            heard = {stem(fold(text[left:right])) for left, right in found if offset <= left < end + SPOKEN_ON}
            if len(heard) > most:
                best, most = int(at_ms), len(heard)
    return best


def coverage(text: str, stems: frozenset[str]) -> float:
    """Which part of the words sought a passage itself has, its title aside."""
    return len(_stems(WORD.findall(text)) & stems) / len(stems) if stems else 0.0


def _is_sought(word: str, stems: frozenset[str]) -> bool:
    return not stems.isdisjoint(_stems_of(word))


def _densest(text: str, found: list[tuple[int, int]], longest: int, openings: list[int]) -> tuple[int, int]:
    if len(text) <= longest:
        return 0, len(text)
    best, most = 0, -1
    for left, _ in found:
        inside = len({text[a:b].lower() for a, b in found if left <= a and b <= left + longest})
        if inside > most:
            best, most = left, inside
    start = _opening_before(text, best, openings)
    if start + longest >= len(text):
        return _word_start(text, max(0, len(text) - longest)), len(text)
    end = text.rfind(" ", start, start + longest)
    return start, end if end > start else start + longest


def _opening_before(text: str, place: int, openings: list[int]) -> int:
    """The start of the cue or the sentence that the place is in, unless that is far off; then of a word before it."""
    near = [opening for opening in openings if opening <= place]
    opening = near[-1] if near else max(text.rfind(mark, 0, place) + len(mark) for mark in (". ", "? ", "! ", "\n"))
    if opening < 2 and not near:
        opening = 0
    return opening if place - opening <= 90 else _word_start(text, place - 60)


def _word_start(text: str, place: int) -> int:
    space = text.find(" ", place)
    return space + 1 if place and space >= 0 else place


def _parts_of(text: str, start: int, end: int, found: list[tuple[int, int]]) -> list[Part]:
    parts: list[Part] = [Part("… ")] if start > 0 else []
    at = start
    for left, right in _joined(text, found):
        if text[at:left]:
            parts.append(Part(text[at:left]))
        parts.append(Part(text[left:right], is_marked=True))
        at = right
    if text[at:end]:
        parts.append(Part(text[at:end]))
    if end < len(text):
        parts.append(Part(" …"))
    return parts


def _joined(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Marked words with only a space between them are marked as one."""
    joined: list[tuple[int, int]] = []
    for left, right in found:
        if joined and text[joined[-1][1] : left] == " ":
            joined[-1] = (joined[-1][0], right)
        else:
            joined.append((left, right))
    return joined
