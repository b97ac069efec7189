"""What a question is met with: answers that are there, people who are likely to know, channels it belongs in.

Everything is for one actor: what they do not see shows nowhere and weighs nothing.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twodesks.kit.actor import Actor
from twodesks.routing.queries.answers import answers_for
from twodesks.routing.queries.channels import channels_for
from twodesks.routing.queries.matches import find_matches
from twodesks.routing.queries.people import Example, Knower, people_for
from twodesks.search.queries import Hit

if TYPE_CHECKING:
    from twodesks.channels.models import Channel

__all__ = ["Example", "Knower", "Offer", "offer", "suggest_answers", "suggest_channel", "who_knows"]


@dataclass(frozen=True, slots=True)
class Offer:
    """All of it, from one search. `text` is the question as it was read; `took_ms` the server's time."""

    text: str
    answers: Sequence[Hit]
    people: Sequence[Knower]
    channels: "Sequence[Channel]"
    took_ms: float


def offer(actor: Actor, text: str, channel_id: int | None = None) -> Offer:
    """What the Ask page shows while somebody types. Raises `NotFound` for a channel that the actor may not know of."""
    started = time.perf_counter()
    matches = find_matches(actor, text)
    return Offer(
        text=matches.text,
        answers=answers_for(actor, matches),
        people=people_for(actor, matches, channel_id=channel_id) if matches.text else [],
        channels=channels_for(actor, matches),
        took_ms=round((time.perf_counter() - started) * 1000, 2),
    )


def suggest_answers(actor: Actor, text: str, channel_id: int | None = None) -> Sequence[Hit]:
    """What answers the question already, best first, each opened at its sentence, message or second.

    An answer is one wherever it was given, so `channel_id` narrows nothing.
    """
    return answers_for(actor, find_matches(actor, text))


def who_knows(actor: Actor, text: str, channel_id: int | None = None) -> list[Knower]:
    """At most five members who are likely to know, with the reason and whether they may be asked now."""
    matches = find_matches(actor, text)
    return people_for(actor, matches, channel_id=channel_id) if matches.text else []


def suggest_channel(actor: Actor, text: str) -> "list[Channel]":
    """Up to three channels that the question belongs in, likeliest first."""
    return channels_for(actor, find_matches(actor, text))
