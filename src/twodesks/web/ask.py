"""What the Ask page offers while somebody writes a question: answers that are there, and a place to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twodesks.channels.queries import postable_channels
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.routing.queries import Knower, Offer, offer
from twodesks.search.pages import Row, rows_of

if TYPE_CHECKING:
    from twodesks.channels.models import Channel

SHORTEST = 3
PEOPLE = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Answers that may fit and people who may know, the best first, and the channel that the question belongs in.

    `took_ms` is the server's time for looking.
    """

    text: str
    answers: Sequence[Row] = ()
    people: Sequence[Knower] = ()
    channel: "Channel | None" = None
    took_ms: float = 0.0

    @property
    def has_looked(self) -> bool:
        return len(self.text) >= SHORTEST

    @property
    def seconds(self) -> str:
        return f"{max(self.took_ms, 10) / 1000:.2f}"


def look_first(actor: Actor, text: str, channel_id: int | None = None) -> Found:
    """What answers the question already, for this reader, and who may know. Nothing is kept of what was typed."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return Found(text)
    met = _offer(actor, text, channel_id)
    return Found(
        met.text,
        rows_of(actor, met.answers),
        met.people[:PEOPLE],
        met.channels[0] if met.channels else None,
        met.took_ms,
    )


def _offer(actor: Actor, text: str, channel_id: int | None) -> Offer:
    try:
        return offer(actor, text, channel_id)
    except NotFound:
        # The channel went, or was never the reader's to see: the question may still be met.
        return offer(actor, text)


def channels_to_ask_in(actor: Actor) -> "list[Channel]":
    """Where the actor may ask, followed ones first."""
    return postable_channels(actor)
