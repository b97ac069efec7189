"""Words into cues, by captioning practice: two lines of 42 characters, 1 to 7 seconds, 20 characters a second.

Where to break is chosen for a whole passage at once (the cheapest path over all breaks), so that a good cue now does
not leave an orphan after it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from twodesks.kit.webvtt import Cue
from twodesks.speech.languages import UNSPACED
from twodesks.speech.phrasing import NEVER, break_costs, columns
from twodesks.speech.words import Word, join_words

LINE_COLUMNS = 42
LINES = 2
SHORTEST_MS = 1_000
LONGEST_MS = 7_000
COLUMNS_A_SECOND = 20

_PASSAGE_PAUSE_MS = 1_500
_LINGER_MS = 300
_SHIFT_MS = 500
_CUE_COST = 18.0
_MEAGRE_COLUMNS = 20
_MEAGRE_COST = 1.5
_SENTENCE_INSIDE_COST = 10.0
_HASTE_COST = 4.0


def make_cues(words: Sequence[Word], *, language: str = "en", duration_ms: int | None = None) -> list[Cue]:
    """Every word, in order, in cues that do not overlap."""
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
    for passage in _passages(_fitting_words(words, language)):
        for group, text in _Passage(passage, language).cues():
            texts.append(text)
            spans.append((group[0].start_ms, group[-1].end_ms))
    return [Cue(start, end, text) for (start, end), text in zip(_timed(spans, texts, duration_ms), texts, strict=True)]


def _fitting_words(words: Sequence[Word], language: str) -> Iterator[Word]:
    """No word longer than a line or than a cue may last. A web address may be cut; there is no better way."""
    for word in words:
        short = replace(word, end_ms=min(max(word.end_ms, word.start_ms + 1), word.start_ms + LONGEST_MS))
        if columns(short.text) <= LINE_COLUMNS:
            yield short
            continue
        parts = list(_cut_text(short.text))
        step = (short.end_ms - short.start_ms) / len(parts)
        for at, part in enumerate(parts):
            start = short.start_ms + round(at * step)
            yield replace(
                short, text=part, start_ms=start, end_ms=max(start + 1, short.start_ms + round((at + 1) * step))
            )


def _cut_text(text: str) -> Iterator[str]:
    part = ""
    for character in text:
        if columns(part + character) > LINE_COLUMNS:
            yield part
            part = ""
        part += character
    yield part


def _passages(words: Iterator[Word]) -> Iterator[list[Word]]:
    """Cues never reach over a long pause: the words would stay on while nobody speaks."""
    passage: list[Word] = []
    for word in words:
        if passage and word.start_ms - passage[-1].end_ms >= _PASSAGE_PAUSE_MS:
            yield passage
            passage = []
        passage.append(word)
    if passage:
        yield passage


class _Passage:
    def __init__(self, words: list[Word], language: str) -> None:
        self._words = words
        self._texts = [word.text for word in words]
        self._join = partial(join_words, language=language)
        self._space = 0 if language in UNSPACED else 1
        self._break = break_costs(words, language)
        self._until = [0]
        for word in words:
            self._until.append(self._until[-1] + columns(word.text))

    def cues(self) -> Iterator[tuple[list[Word], str]]:
        first = 0
        for last in self._cheapest_path():
            group = self._words[first : last + 1]
            yield group, self._text(first, last)
            first = last + 1

    def _cheapest_path(self) -> list[int]:
        """The last word of each cue. Dynamic programming: the best way to end a cue after each word."""
        best = [math.inf] * len(self._words)
        came_from = [-1] * len(self._words)
        for last in range(len(self._words)):
            for first in range(last, -1, -1):
                if first < last and not self._may_be_one(first, last):
                    break
                before = best[first - 1] if first else 0.0
                cost = before + self._cost(first, last)
                if cost < best[last]:
                    best[last], came_from[last] = cost, first
        ends = []
        at = len(self._words) - 1
        while at >= 0:
            ends.append(at)
            at = came_from[at] - 1
        return ends[::-1]

    def _may_be_one(self, first: int, last: int) -> bool:
        long_enough_to_read = self._words[last].end_ms - self._words[first].start_ms <= LONGEST_MS
        return long_enough_to_read and self._width(first, last) <= LINES * LINE_COLUMNS + self._space

    def _width(self, first: int, last: int) -> int:
        return self._until[last + 1] - self._until[first] + (last - first) * self._space

    def _cost(self, first: int, last: int) -> float:
        width = self._width(first, last)
        cost = _CUE_COST + self._break[last]
        if width > LINE_COLUMNS:
            line = self._line_break(first, last)
            if line is None:
                return math.inf
            cost += self._line_cost(first, last, line) / 2
        cost += max(0, _MEAGRE_COLUMNS - width) * _MEAGRE_COST
        cost += sum(_SENTENCE_INSIDE_COST for at in range(first, last) if self._break[at] == 0)
        return cost + _HASTE_COST * max(0.0, self._columns_a_second(first, last) - COLUMNS_A_SECOND)

    def _columns_a_second(self, first: int, last: int) -> float:
        start = self._words[first].start_ms
        end = self._words[last + 1].start_ms if last + 1 < len(self._words) else self._words[last].end_ms + SHORTEST_MS
        return self._width(first, last) * 1000 / max(end - start, 1)

    def _line_break(self, first: int, last: int) -> int | None:
        """The word after which the second line begins. None when the words do not fit into two lines."""
        fitting = [
            at
            for at in range(first, last)
            if self._width(first, at) <= LINE_COLUMNS and self._width(at + 1, last) <= LINE_COLUMNS
        ]
        return min(fitting, key=partial(self._line_cost, first, last), default=None)

    def _line_cost(self, first: int, last: int, at: int) -> float:
        uneven = abs(self._width(first, at) - self._width(at + 1, last))
        return min(self._break[at], NEVER) + uneven * 0.6

    def _text(self, first: int, last: int) -> str:
        texts = self._texts
        if self._width(first, last) <= LINE_COLUMNS:
            return self._join(texts[first : last + 1])
        at = self._line_break(first, last)
        if at is None:  # never chosen: its cost is infinite
            raise AssertionError("a cue of more than two lines")
        return f"{self._join(texts[first : at + 1])}\n{self._join(texts[at + 1 : last + 1])}"


def _timed(
    spans: Sequence[tuple[int, int]], texts: Sequence[str], duration_ms: int | None
) -> Iterator[tuple[int, int]]:
    """Times to read by: a cue stays for as long as its text needs, if the next one does not come first."""
    starts = [start for start, _ in spans]
    previous_end = 0
    for at, (start, end) in enumerate(spans):
        following = starts[at + 1] if at + 1 < len(spans) else max(duration_ms or 0, end, start + SHORTEST_MS)
        needed = max(SHORTEST_MS, math.ceil(columns(texts[at].replace("\n", " ")) * 1000 / COLUMNS_A_SECOND))
        start = max(start, starts[at], previous_end)
        end = min(max(end + _LINGER_MS, start + needed), following, start + LONGEST_MS)
        start = _earlier(start, end, needed, previous_end)
        if end - start < SHORTEST_MS and at + 1 < len(spans):
            end = _later(start, spans[at + 1])
            starts[at + 1] = max(starts[at + 1], end)
        end = max(end, start + 1)
        previous_end = end
        yield start, end


def _earlier(start: int, end: int, needed: int, previous_end: int) -> int:
    """A cue that is short of time may come a little before its first word."""
    missing = needed - (end - start)
    return max(start - min(max(missing, 0), _SHIFT_MS), previous_end, 0) if missing > 0 else start


def _later(start: int, following: tuple[int, int]) -> int:
    """The next cue waits a moment for one that would only flash by, if it has time itself."""
    wanted = start + SHORTEST_MS
    latest = min(following[0] + _SHIFT_MS, max(following[1] - SHORTEST_MS, following[0]))
    return max(min(wanted, latest), following[0], start + 1)
