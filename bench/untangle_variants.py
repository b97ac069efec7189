"""Training logs as they might have been said elsewhere: other clocks, fewer people at once, other ways of naming.

The Ubuntu channel is one channel. So that what is learnt from it holds in a quiet team channel of a chat tool too, logs
are varied: seconds instead of whole minutes, slower or faster talk, only some of the conversations, names left out or
written as `<@U42>` or `@anna`, no notices of who came and went.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.irc import Log
from bench.untangle_metrics import clusters
from twodesks.language.untangling import ChatMessage
from twodesks.language.untangling.reading import read

_ADDRESS = re.compile(r"([^\s:,]{2,30})\s?[:,]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Variation:
    """`pace` stretches time; `share` of conversations stay; `unnamed` of addresses go; `style` writes the others."""

    pace: float = 1.0
    share: float = 1.0
    unnamed: float = 0.0
    style: str = "plain"  # plain, at, slack
    has_notices: bool = True
    has_seconds: bool = True


def drawn(chance: np.random.Generator) -> Variation:
    return Variation(
        pace=float(np.exp(chance.uniform(np.log(0.5), np.log(40)))),
        share=float(chance.choice([1.0, 0.5, 0.25, 0.12])),
        unnamed=float(chance.choice([0.0, 0.4, 0.8, 0.95])),
        style=str(chance.choice(["plain", "at", "slack"])),
        has_notices=bool(chance.random() < 0.3),
    )


def vary(log: Log, variation: Variation, chance: np.random.Generator) -> Log:
    kept = _kept(log, variation, chance)
    people = {message.author.lower(): f"U{number:03}" for number, message in enumerate(log.messages)}
    times = _times(log, variation, chance)
    messages = []
    for line in kept:
        message = log.messages[line]
        if not variation.has_notices and read(message).is_notice:
            continue
        messages.append(_said(replace(message, ts=times[line]), people, variation, chance))
    there = {int(message.id) for message in messages}
    parents = {
        child: its_parents & there
        for child, its_parents in log.parents.items()
        if child in there and its_parents & there
    }
    return Log(log.name, messages, parents)


def _kept(log: Log, variation: Variation, chance: np.random.Generator) -> list[int]:
    if variation.share == 1.0:
        return list(range(len(log.messages)))
    # Nothing is known of the lines before the annotation, so they go when others do.
    groups = clusters(log.parents)
    return sorted(line for group in groups if chance.random() < variation.share for line in group)


def _times(log: Log, variation: Variation, chance: np.random.Generator) -> list[float]:
    whole = np.array([message.ts for message in log.messages])
    if variation.has_seconds:
        # Within a minute in order, and the minutes after each other.
        seconds = chance.uniform(0, 60, len(whole))
        whole = whole[np.argsort(whole, kind="stable")]
        order = np.lexsort((seconds, whole))
        whole = np.sort(whole[order] + seconds[order])
    return [float(time) for time in whole * variation.pace]


def _said(
    message: ChatMessage, people: Mapping[str, str], variation: Variation, chance: np.random.Generator
) -> ChatMessage:
    author = people[message.author.lower()] if variation.style == "slack" else message.author
    text = message.text
    address = _ADDRESS.match(text)
    if address and address[1].lower() in people:
        rest = text[address.end() :]
        if chance.random() < variation.unnamed:
            text = rest
        elif variation.style == "at":
            text = f"@{address[1]} {rest}" if chance.random() < 0.7 else f"{rest} @{address[1]}"
        elif variation.style == "slack":
            text = f"<@{people[address[1].lower()]}> {rest}"
    return ChatMessage(message.id, message.ts, author, text)
