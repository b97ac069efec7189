"""A stretch of a channel as arrays: who spoke and when, who was named, which words are shared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twodesks.language.untangling.reading import MARKED, Reading

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


_USUAL = 40


class Events:
    """Positions of keyed events, to count and find by key, many at once."""

    def __init__(self, keys: Ints, positions: Ints, size: int) -> None:
        self._span = size + 2
        self._places = np.sort(keys * self._span + positions)

    def _rank(self, keys: Ints, positions: Ints) -> Ints:
        places: Ints = np.searchsorted(self._places, keys * self._span + positions)
        return places

    def count(self, keys: Ints, start: Ints, stop: Ints) -> Ints:
        """How many in start ≤ position < stop."""
        number: Ints = np.maximum(self._rank(keys, stop) - self._rank(keys, start), 0)
        return number

    def before(self, keys: Ints, positions: Ints, back: int = 1) -> Ints:
        """The position of the last event before, or of the one `back` events before; -1 without."""
        at = self._rank(keys, positions) - back
        if not self._places.size:
            return np.full_like(at, -1)
        found = self._places[np.maximum(at, 0)]
        return np.where((at >= 0) & (found // self._span == keys), found % self._span, -1)

    def after(self, keys: Ints, positions: Ints) -> Ints:
        """The position of the first event at or after; -1 without."""
        at = self._rank(keys, positions)
        if not self._places.size:
            return np.full_like(at, -1)
        found = self._places[np.minimum(at, self._places.size - 1)]
        return np.where((at < self._places.size) & (found // self._span == keys), found % self._span, -1)


@dataclass(slots=True)
class Heard:
    """One message as it is kept while it is near: read, with numbers for people and weights for its words."""

    id: str
    minute: float
    reading: Reading
    author: int
    named: dict[int, int]
    words: dict[str, float]


class Block:
    """The messages of a stretch. Authors are numbered anew; a notice has an author of its own, whom nobody can name."""

    def __init__(self, heard: Sequence[Heard]) -> None:
        self.size = len(heard)
        self.minute = np.array([message.minute for message in heard], dtype=np.float64)
        self.shape: Floats = np.stack([message.reading.shape for message in heard])
        self.notice: Bools = np.array([message.reading.is_notice for message in heard])
        authors = np.array([message.author for message in heard], dtype=np.int64)
        named = [(at, who, how) for at, message in enumerate(heard) for who, how in message.named.items()]
        table = np.array(named, dtype=np.int64).reshape(-1, 3)
        everybody, numbers = np.unique(np.concatenate([authors, table[:, 1]]), return_inverse=True)
        self.people = len(everybody)
        spoken = numbers[: self.size]
        self.author: Ints = np.where(self.notice, self.people + np.arange(self.size), spoken)
        self.named_at: Ints = table[:, 0]
        self.named_who: Ints = numbers[self.size :]
        self.named_marked: Bools = table[:, 2] == MARKED
        self.stride = self.people + self.size
        self.positions = np.arange(self.size)
        joined = np.flatnonzero(self.notice)
        self.joins = Events(spoken[joined], joined, self.size)
        self._heard = heard

    @cached_property
    def named(self) -> NDArray[np.uint8]:
        """Message by person: 2 for a marked name, 1 for another. Columns of notices' authors are empty."""
        table = np.zeros((self.size, self.stride), dtype=np.uint8)
        table[self.named_at, self.named_who] = 1
        table[self.named_at[self.named_marked], self.named_who[self.named_marked]] = 2
        table[self.positions, self.author] = 0
        return table

    @cached_property
    def naming(self) -> Ints:
        """How many people each message names."""
        naming: Ints = (self.named > 0).sum(axis=1, dtype=np.int64)
        return naming

    @cached_property
    def addressees(self) -> Ints:
        """The first two people each message names, in its order; -1 without."""
        table: Ints = np.full((self.size, 2), -1)
        nth = np.arange(len(self.named_at)) - np.searchsorted(self.named_at, self.named_at)
        kept = nth < 2
        table[self.named_at[kept], nth[kept]] = self.named_who[kept]
        return table

    @cached_property
    def silence(self) -> NDArray[np.float64]:
        """Minutes before each message."""
        return np.diff(self.minute, prepend=self.minute[:1])

    @cached_property
    def usual_silence(self) -> NDArray[np.float64]:
        """The median of the forty before each message, its own left out; the first ones again where there are fewer."""
        known = self.silence[1:] if self.size > 1 else self.silence
        padded = np.concatenate([np.resize(known, _USUAL), self.silence[1:]])
        usual: NDArray[np.float64] = np.median(np.lib.stride_tricks.sliding_window_view(padded, _USUAL), axis=1)
        return usual

    def longest_silence(self, start: Ints, stop: Ints) -> NDArray[np.float64]:
        """The longest silence before any message after `start`, up to `stop`; 0 where they are one."""
        levels = [self.silence]
        while 2 ** len(levels) <= self.size:
            last, step = levels[-1], 2 ** (len(levels) - 1)
            levels.append(np.maximum(last, np.concatenate([last[step:], last[-1:].repeat(step)])))
        length = np.maximum(stop - start, 1)
        level = np.log2(length).astype(np.int64)
        first = np.minimum(start + 1, self.size - 1)
        table = np.stack(levels)
        longest = np.maximum(table[level, first], table[level, np.maximum(stop - 2**level + 1, 0)])
        return np.where(stop > start, longest, 0.0)

    @cached_property
    def spoke(self) -> Events:
        return Events(self.author, self.positions, self.size)

    @cached_property
    def was_named(self) -> Events:
        return Events(self.named_who, self.named_at, self.size)

    @cached_property
    def addressed(self) -> Events:
        """Keyed by `pair`: who spoke, and whom they named."""
        return Events(self.pair(self.author[self.named_at], self.named_who), self.named_at, self.size)

    def pair(self, speaker: Ints, other: Ints) -> Ints:
        return speaker * self.stride + other

    def shared_words(self, first: int, reach: int) -> tuple[Ints, Ints, Floats]:
        """From `first` on: pairs (message, earlier one) with words in common, one a word, and the word's weight."""
        where: dict[str, list[int]] = {}
        later: list[int] = []
        earlier: list[int] = []
        weights: list[float] = []
        for at, message in enumerate(self._heard):
            if message.reading.is_notice:
                continue
            for word, weight in message.words.items():
                places = where.setdefault(word, [])
                if at >= first:
                    near = [place for place in places if place >= at - reach]
                    later.extend([at] * len(near))
                    earlier.extend(near)
                    weights.extend([weight] * len(near))
                places.append(at)
        return np.array(later, dtype=np.int64), np.array(earlier, dtype=np.int64), np.array(weights, dtype=np.float32)


def steps(values: NDArray[Any], least: Iterable[float]) -> list[Bools]:
    """One column a threshold: reached or not. What a small network reads more easily than a number."""
    return [values >= threshold for threshold in least]
