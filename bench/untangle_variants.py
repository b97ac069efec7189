"""Training logs as they might have been said elsewhere: other clocks, fewer people at once, other ways of naming.

The Ubuntu channel is one channel. So that what is learnt from it holds in a team's channel of a chat tool too, logs are
varied: seconds instead of whole minutes, slower or faster talk, only some of the conversations, names left out or
written as `<@U42>` or `@anna`, no notices of who came and went; and as a team's: the conversations are given to few
people, who ask as well as answer, and begin minutes to days after each other.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.irc import Log
from bench.untangle_metrics import clusters
from twodesks.language.untangling import ChatMessage
from twodesks.language.untangling.reading import read

_ADDRESS = re.compile(r"@?([^\s:,@]{2,30})\s?(?:[:,]\s+|(?<=\S)\s+)(?=\S)")
_TOKEN = re.compile(r"[^\s:,;.!?@()]+")


@dataclass(frozen=True, slots=True)
class Variation:
    """`pace` stretches time; `share` of conversations stay; `unnamed` of addresses go; `style` writes the others.

    With a `team` of so many, conversations begin `apart_min` minutes apart on average.
    """

    pace: float = 1.0
    share: float = 1.0
    unnamed: float = 0.0
    style: str = "plain"  # plain, at, slack
    has_notices: bool = True
    has_seconds: bool = True
    team: int = 0
    apart_min: float = 0.0


def drawn(chance: np.random.Generator) -> Variation:
    """Somewhere else, in one case of two a team's channel."""
    is_team = chance.random() < 0.5
    return Variation(
        pace=_between(chance, 0.3, 20) if is_team else _between(chance, 0.5, 40),
        share=float(chance.choice([1.0, 0.5, 0.25, 0.12])),
        unnamed=float(chance.choice([0.0, 0.4, 0.8, 0.95])),
        style=str(chance.choice(["plain", "at", "slack"])),
        has_notices=bool(chance.random() < 0.3) and not is_team,
        team=int(chance.integers(3, 16)) if is_team else 0,
        apart_min=_between(chance, 2, 3_000),
    )


def _between(chance: np.random.Generator, least: float, most: float) -> float:
    return float(np.exp(chance.uniform(np.log(least), np.log(most))))


def vary(log: Log, variation: Variation, chance: np.random.Generator) -> Log:
    if variation.team:
        messages = _of_team(log, variation, chance)
    else:
        times = _times(log, variation, chance)
        messages = [replace(log.messages[line], ts=times[line]) for line in _kept(log, variation, chance)]
    if not variation.has_notices:
        messages = [message for message in messages if not read(message).is_notice]
    people = {message.author.lower(): f"U{number:03}" for number, message in enumerate(messages)}
    messages = [_said(message, people, variation, chance) for message in messages]
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
        # Each within its minute, in order.
        whole = np.sort(whole + chance.uniform(0, 60, len(whole)))
    return [float(time) for time in whole * variation.pace]


def _of_team(log: Log, variation: Variation, chance: np.random.Generator) -> list[ChatMessage]:
    """The conversations that begin in the annotated part, said by a few people, one after or into another."""
    whole = [sorted(group) for group in clusters(log.parents) if log.parents[min(group)] == {min(group)}]
    names = sorted({message.author for message in log.messages if len(message.author) > 2})
    pool = [str(name) for name in chance.choice(names, min(len(names), variation.team), replace=False)]
    messages: list[ChatMessage] = []
    begins = 0.0
    for group in sorted(whole):
        begins += chance.exponential(variation.apart_min) * 60
        messages += _retold([log.messages[line] for line in group], begins, pool, variation.pace, chance)
    return sorted(messages, key=lambda message: message.ts)


def _retold(
    messages: Sequence[ChatMessage], begins: float, pool: Sequence[str], pace: float, chance: np.random.Generator
) -> list[ChatMessage]:
    authors = list(dict.fromkeys(message.author.lower() for message in messages))
    names = [*chance.permutation(pool), *(f"{pool[at % len(pool)]}{at}" for at in range(len(authors)))]
    named = dict(zip(authors, map(str, names), strict=False))
    gaps = np.diff([message.ts for message in messages], prepend=messages[0].ts)
    gaps = (gaps + chance.uniform(2, 40, len(gaps))) * pace * np.exp(chance.normal(0, 0.5, len(gaps)))
    gaps[0] = 0.0
    return [
        ChatMessage(
            message.id,
            begins + float(time),
            named[message.author.lower()],
            _TOKEN.sub(lambda token: named.get(token[0].lower(), token[0]), message.text),
        )
        for message, time in zip(messages, np.cumsum(gaps), strict=True)
    ]


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
