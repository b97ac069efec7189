"""What the Ask page offers while somebody writes a question: answers that are there, and a place to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twodesks.channels.queries import postable_channels
from twodesks.kit.actor import Actor
from twodesks.search.pages import Row, rows_of
from twodesks.search.queries import KINDS, search

if TYPE_CHECKING:
    from twodesks.channels.models import Channel

LONGEST = 2_000
SHORTEST = 3
ANSWERS = 3
# A course is somewhere to learn from, not an answer.
ANSWERING = tuple(kind for kind in KINDS if kind != "course")


@dataclass(frozen=True, slots=True)
class Found:
    """Answers that may fit, the best first. `took_ms` is the server's time for looking."""

    text: str
    answers: Sequence[Row] = ()
    took_ms: float = 0.0

    @property
    def has_looked(self) -> bool:
        return len(self.text) >= SHORTEST

    @property
    def seconds(self) -> str:
        return f"{max(self.took_ms, 10) / 1000:.2f}"


def look_first(actor: Actor, text: str) -> Found:
    """What answers the question already, for this reader. Nothing is kept of what was typed."""
    text = " ".join(text[:LONGEST].split())
    if len(text) < SHORTEST:
        return Found(text)
    result = search(actor, text, limit=ANSWERS, kinds=ANSWERING)
    return Found(text, rows_of(actor, result.hits), result.took_ms)


def channels_to_ask_in(actor: Actor) -> "list[Channel]":
    """Where the actor may ask, followed ones first."""
    return list(postable_channels(actor))
