"""Which of the words that were said are which of those that were heard, though neither text is without mistakes.

Runs of words that occur once in both texts hold them together (patience, as in Bram Cohen's diff), then what lies
between is compared in full.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

# What may be compared in full: so many pairs of words.
_SMALL = 40_000
_LARGEST = 4_000_000
_RUN = 3

Pair = tuple[int, int]


def bare(word: str) -> str:
    """Letters and digits alone: `Line.` and `line` are one word."""
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def align(said: Sequence[str], heard: Sequence[str]) -> list[Pair]:
    """Pairs of places (in `said`, in `heard`) of equal words, both rising. Words without letters are never paired."""
    pairs = list(_aligned(said, heard, (0, len(said)), (0, len(heard))))
    return [(a, b) for a, b in pairs if said[a]]


def in_runs(pairs: Sequence[Pair]) -> int:
    """How many of the pairs stand in runs of three or more. Two texts that have nothing to do with each other share
    single words, and hardly any runs."""
    count = run = 0
    before: Pair | None = None
    for pair in pairs:
        run = run + 1 if before == (pair[0] - 1, pair[1] - 1) else 1
        count += _RUN if run == _RUN else int(run > _RUN)
        before = pair
    return count


def _aligned(said: Sequence[str], heard: Sequence[str], a: Pair, b: Pair) -> Iterator[Pair]:
    size = (a[1] - a[0]) * (b[1] - b[0])
    if size == 0:
        return
    anchors = _anchors(said, heard, a, b) if size > _SMALL else []
    if not anchors:
        if size <= _LARGEST:
            yield from _compared(said, heard, a, b)
        return
    at_a, at_b = a[0], b[0]
    for first_a, first_b in anchors:
        if first_a < at_a or first_b < at_b:
            continue
        until_a, until_b = first_a, first_b
        while until_a > at_a and until_b > at_b and said[until_a - 1] == heard[until_b - 1]:
            until_a, until_b = until_a - 1, until_b - 1
        yield from _aligned(said, heard, (at_a, until_a), (at_b, until_b))
        at_a, at_b = until_a, until_b
        while at_a < a[1] and at_b < b[1] and said[at_a] == heard[at_b]:
            yield at_a, at_b
            at_a, at_b = at_a + 1, at_b + 1
    yield from _aligned(said, heard, (at_a, a[1]), (at_b, b[1]))


def _anchors(said: Sequence[str], heard: Sequence[str], a: Pair, b: Pair) -> list[Pair]:
    """Where runs that occur once on either side begin, rising on both; the longest runs that there are."""
    for length in (4, 3, 2):
        in_said, in_heard = _single(said, a, length), _single(heard, b, length)
        both = sorted((place, in_heard[run]) for run, place in in_said.items() if run in in_heard)
        if both:
            return _rising(both)
    return []


def _single(words: Sequence[str], part: Pair, length: int) -> dict[tuple[str, ...], int]:
    found: dict[tuple[str, ...], int] = {}
    again: set[tuple[str, ...]] = set()
    for at in range(part[0], part[1] - length + 1):
        run = tuple(words[at : at + length])
        if run in found:
            again.add(run)
        found[run] = at
    return {run: at for run, at in found.items() if run not in again}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest rising chain, by patience sorting."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (_, b) in enumerate(pairs):
        pile = bisect_left(tops, b)
        if pile == len(tops):
            tops.append(b)
            last.append(at)
        else:
            tops[pile], last[pile] = b, at
        before.append(last[pile - 1] if pile else -1)
    chain = []
    at = last[-1] if last else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _compared(said: Sequence[str], heard: Sequence[str], a: Pair, b: Pair) -> Iterator[Pair]:
    matcher = SequenceMatcher(a=said[a[0] : a[1]], b=heard[b[0] : b[1]], autojunk=False)
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            yield a[0] + block.a + step, b[0] + block.b + step
