"""From a stretch of messages to what each replies to: two looks, the second with the first one's guess in mind."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from twodesks.language.untangling.block import Floats, Ints
from twodesks.language.untangling.candidates import REACH, pairs
from twodesks.language.untangling.features import FORESEEN, message_features, pair_features
from twodesks.language.untangling.flow import Stretch
from twodesks.language.untangling.network import Network, likelihoods
from twodesks.language.untangling.structure import Guess, structure_features

MODEL = Path(__file__).parent / "model.npz"
# The first look also takes in so many messages before those to be decided.
CONTEXT = 120
# The second look is at pairs that the first one found this likely; about one in five.
WORTH = 0.002


@dataclass(frozen=True, slots=True)
class Prepared:
    """The pairs of a stretch, of its context before and of some messages after, with what is known of each."""

    stretch: Stretch
    later: Ints
    earlier: Ints
    starts: Ints
    shared: tuple[Ints, Ints, Floats]
    pairs: Floats
    messages: Floats


def prepare(stretch: Stretch) -> Prepared:
    block = stretch.block
    first, last = max(0, stretch.first - CONTEXT), min(block.size, stretch.last + FORESEEN)
    shared = block.shared_words(first, REACH)
    later, earlier = pairs(block, first, last, shared)
    return Prepared(
        stretch,
        later,
        earlier,
        np.flatnonzero(np.diff(later, prepend=-1)),
        shared,
        pair_features(block, later, earlier, shared),
        message_features(block),
    )


def guess(prepared: Prepared, network: Network) -> Guess:
    scores = network.scores(prepared.pairs, prepared.messages, prepared.later, prepared.earlier)
    return Guess(prepared.later, prepared.earlier, likelihoods(scores, prepared.starts), prepared.starts)


def second_look(prepared: Prepared, guessed: Guess) -> tuple[Ints, Floats]:
    """The pairs of what is to be decided that are worth it, and their features for the second look."""
    start, stop = np.searchsorted(prepared.later, (prepared.stretch.first, prepared.stretch.last))
    inside = slice(int(start), int(stop))
    worth = (guessed.likely[inside] >= WORTH) | (prepared.later[inside] == prepared.earlier[inside])
    wanted: Ints = np.flatnonzero(worth) + int(start)
    structure = structure_features(prepared.stretch.block, guessed, prepared.shared, wanted)
    return wanted, np.concatenate([prepared.pairs[wanted], structure], axis=1)


@dataclass(frozen=True, slots=True)
class Model:
    first: Network
    second: Network

    @classmethod
    def load(cls, path: Path = MODEL) -> Self:
        with np.load(path, allow_pickle=False) as kept:
            return cls(Network.from_arrays(kept, "first"), Network.from_arrays(kept, "second"))

    def write(self, path: Path = MODEL) -> None:
        np.savez_compressed(path, **self.first.as_arrays("first"), **self.second.as_arrays("second"))

    def decide(self, stretch: Stretch) -> list[tuple[int, int]]:
        """(message, what it replies to) for each message to be decided; itself where something new begins."""
        prepared = prepare(stretch)
        wanted, features = second_look(prepared, guess(prepared, self.first))
        later, earlier = prepared.later[wanted], prepared.earlier[wanted]
        starts = np.flatnonzero(np.diff(later, prepend=-1))
        likely = likelihoods(self.second.scores(features, prepared.messages, later, earlier), starts)
        best = [start + int(part.argmax()) for start, part in zip(starts, np.split(likely, starts[1:]), strict=True)]
        return list(zip(later[best].tolist(), earlier[best].tolist(), strict=True))
