"""Messages on their way through: heard one by one, looked at in blocks with what came before and what comes next."""

import math
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from twodesks.language.untangling.block import Block, Heard
from twodesks.language.untangling.features import FORESEEN, REMEMBERED
from twodesks.language.untangling.messages import ChatMessage
from twodesks.language.untangling.people import People
from twodesks.language.untangling.reading import Reading, commonness, read

BLOCK = 768
# First guesses reach so far ahead of what is decided, and are made with as much ahead again.
AHEAD = 2 * FORESEEN
NEARBY = 60
WORDS_COUNTED = 100_000
# A channel's own words count for more, the more of it was heard; so many messages of plain English stand before it.
PRIOR_MESSAGES = 400


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block of messages, of which those from `first` to before `last` are to be decided."""

    ids: list[str]
    block: Block
    first: int
    last: int


class Flow:
    """Takes messages in order and gives them back in stretches; holds about a thousand, whatever the length."""

    def __init__(self) -> None:
        self._people = People()
        self._counts: Counter[str] = Counter()
        self._heard = 0
        self._clock = 0.0
        self._latest: float | None = None
        self._kept: list[Heard] = []
        self._decided = 0
        self._waiting: deque[tuple[str, float, Reading, int]] = deque()
        self._nearby: dict[str, None] = {}

    def add(self, message: ChatMessage) -> Iterator[Stretch]:
        reading = read(message)
        self._waiting.append((message.id, self._minute(message.ts), reading, self._people.number(reading.author)))
        if len(self._kept) - self._decided + len(self._waiting) >= BLOCK + AHEAD:
            yield self._stretch(BLOCK)

    def finish(self) -> Iterator[Stretch]:
        """What is left, without what comes next."""
        while left := len(self._kept) - self._decided + len(self._waiting):
            yield self._stretch(min(BLOCK, left))

    def _minute(self, ts: float) -> float:
        """Time as the sum of what passed: a clock that is put back stands still."""
        if self._latest is not None:
            self._clock += max(0.0, ts - self._latest) / 60
        self._latest = ts
        return self._clock

    def _stretch(self, size: int) -> Stretch:
        while self._waiting:
            self._kept.append(self._hear(*self._waiting.popleft()))
        forgotten = max(0, self._decided - REMEMBERED)
        del self._kept[:forgotten]
        first = self._decided - forgotten
        self._decided = first + size
        return Stretch([heard.id for heard in self._kept], Block(self._kept), first, first + size)

    def _hear(self, id_: str, minute: float, reading: Reading, author: int) -> Heard:
        named = self._people.meant(reading.names, reversed(self._nearby)) if reading.names else {}
        self._heard += 1
        self._counts.update(reading.words)
        if len(self._counts) > WORDS_COUNTED:
            self._counts = Counter({word: count for word, count in self._counts.items() if count > 1})
        if not reading.is_notice:
            self._nearby.pop(reading.author, None)
            self._nearby[reading.author] = None
            if len(self._nearby) > NEARBY:
                del self._nearby[next(iter(self._nearby))]
        words = {word: self._weight(word) for word in reading.words}
        return Heard(id_, minute, reading, author, named, words)

    def _weight(self, word: str) -> float:
        expected = self._counts[word] + PRIOR_MESSAGES * commonness(word)
        return math.log((self._heard + PRIOR_MESSAGES) / expected)
