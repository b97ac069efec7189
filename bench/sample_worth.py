"""Draws the conversations that were labelled: at random within where they are from and how long they are."""

import random
from collections import defaultdict
from collections.abc import Sequence

from bench.worth_data import Talk, conversations

SEED = 7
# Messages from this many on: how many of Slack, how many of IRC. Longer ones and Slack's are drawn more densely than
# they occur; the card says so.
FIRST = {1: (15, 10), 2: (40, 45), 5: (25, 55), 10: (12, 60), 20: (3, 50), 40: (2, 18)}
# Drawn once the features were written by looking at the first: longer ones, which is where explanations are.
SECOND = {2: (20, 15), 5: (7, 90), 10: (5, 110), 20: (0, 80), 40: (0, 10)}


def draw() -> tuple[list[Talk], list[Talk]]:
    """The first draw and the second, which share none."""
    chance = random.Random(SEED)
    first = _draw(chance, conversations(), FIRST)
    drawn = {talk.id for talk in first}
    return first, _draw(chance, [talk for talk in conversations() if talk.id not in drawn], SECOND)


def _draw(chance: random.Random, talks: Sequence[Talk], strata: dict[int, tuple[int, int]]) -> list[Talk]:
    by: defaultdict[tuple[int, bool], list[Talk]] = defaultdict(list)
    for talk in talks:
        by[_stratum(talk), talk.id.startswith("irc/")].append(talk)
    drawn = [
        talk
        for least, wanted in strata.items()
        for from_irc, count in zip((False, True), wanted, strict=True)
        for talk in chance.sample(by[least, from_irc], min(count, len(by[least, from_irc])))
    ]
    chance.shuffle(drawn)
    return drawn


def _stratum(talk: Talk) -> int:
    return max(least for least in FIRST if len(talk.turns) >= least)
