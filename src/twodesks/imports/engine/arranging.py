"""Which conversation each message goes into: its thread's, or for loose talk the one that untangling finds.

Threads stay as they are. Loose talk of a channel goes through the untangler, which settles a message when some hundreds
later ones are known; what is not settled yet waits here.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from twodesks.imports.engine.records import SourceMessage
from twodesks.language.untangling import ChatMessage, Link, Untangler

LONGEST_WAIT = 20_000
"""So many messages of other channels may be read while one waits: then its channel is settled as it is known."""


@dataclass(frozen=True, slots=True)
class Placed:
    """`conversation_key`: of its thread, or its own where it begins one. None: the conversation of `parent_key`."""

    message: SourceMessage
    conversation_key: str | None
    parent_key: str | None
    stretch: int


@dataclass(slots=True)
class _Talk:
    untangler: Untangler
    waiting: deque[tuple[SourceMessage, int]]
    first_at: int = 0


class Arranger:
    """Takes messages in the order of reading and gives them placed, loose ones some time later."""

    def __init__(self) -> None:
        self._talks: dict[str, _Talk] = {}
        self._read = 0

    def add(self, message: SourceMessage, stretch: int) -> Iterator[Placed]:
        self._read += 1
        if message.thread_key is not None:
            yield Placed(message, message.thread_key, message.reply_to, stretch)
        else:
            talk = self._talks.get(message.channel_key)
            if talk is None:
                talk = self._talks[message.channel_key] = _Talk(Untangler(), deque(), self._read)
            if not talk.waiting:
                talk.first_at = self._read
            talk.waiting.append((message, stretch))
            yield from _settled(talk, talk.untangler.add(_heard(message)))
            if talk.waiting and talk.waiting[0][0] is message:
                talk.first_at = self._read
        if self._read % 1_000 == 0:
            yield from self._settle_those_who_wait()

    def finish(self, channel_key: str | None = None) -> Iterator[Placed]:
        """Settle a channel, or all of them: nothing of it comes after."""
        for key in [channel_key] if channel_key is not None else list(self._talks):
            talk = self._talks.pop(key, None)
            if talk is not None:
                yield from _settled(talk, talk.untangler.finish())

    def first_waiting(self, otherwise: int) -> int:
        """The number of the first stretch of which something waits."""
        return min((talk.waiting[0][1] for talk in self._talks.values() if talk.waiting), default=otherwise)

    def _settle_those_who_wait(self) -> Iterator[Placed]:
        for key, talk in list(self._talks.items()):
            if talk.waiting and self._read - talk.first_at > LONGEST_WAIT:
                yield from self.finish(key)


def _heard(message: SourceMessage) -> ChatMessage:
    return ChatMessage(
        id=message.key,
        ts=message.sent_at.timestamp(),
        author=message.author_key,
        text=message.markdown,
        thread=message.reply_to,
    )


def _settled(talk: _Talk, links: list[Link]) -> Iterator[Placed]:
    for link in links:
        message, stretch = talk.waiting.popleft()
        begins = link.reply_to is None
        yield Placed(message, message.key if begins else None, link.reply_to, stretch)
