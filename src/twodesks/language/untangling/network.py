"""A few small networks that say how likely a message replies to another, as plain numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from twodesks.language.untangling.block import Floats, Ints

MODEL = Path(__file__).parent / "model.npz"


@dataclass(frozen=True, slots=True)
class Layer:
    """Of all networks at once: weights (networks, in, out), biases (networks, 1, out)."""

    weight: Floats
    bias: Floats


class Network:
    """Networks of the same form whose answers are averaged. The first layer is taken apart, so that what depends on one
    message alone is worked out once a message and not once a pair."""

    def __init__(self, layers: list[Layer], pair_width: int, message_width: int) -> None:
        first = layers[0]
        self._networks, _, self._hidden = first.weight.shape
        wide = np.ascontiguousarray(first.weight.transpose(1, 0, 2).reshape(first.weight.shape[1], -1))
        self._pair = wide[:pair_width]
        self._later = wide[pair_width : pair_width + message_width]
        self._earlier = wide[pair_width + message_width :]
        self._bias = first.bias.reshape(-1)
        self._rest = layers[1:]

    @classmethod
    def load(cls, path: Path = MODEL) -> Self:
        with np.load(path, allow_pickle=False) as kept:
            pair_width, message_width, depth = (int(number) for number in kept["form"])
            layers = [
                Layer(kept[f"weight{at}"].astype(np.float32), kept[f"bias{at}"].astype(np.float32))
                for at in range(depth)
            ]
        return cls(layers, pair_width, message_width)

    def scores(self, pairs: Floats, messages: Floats, later: Ints, earlier: Ints) -> Floats:
        """One score a pair and network, (networks, pairs); exponents of it compare candidates of one message.

        `messages` has a row a message, `later` and `earlier` say which rows a pair is about.
        """
        as_later, as_earlier = messages @ self._later, messages @ self._earlier
        hidden = pairs @ self._pair
        hidden += as_later[later]
        hidden += as_earlier[earlier] * (later != earlier)[:, None]
        hidden += self._bias
        np.maximum(hidden, 0, out=hidden)
        answer = hidden.reshape(len(later), self._networks, self._hidden).transpose(1, 0, 2)
        for number, layer in enumerate(self._rest):
            answer = answer @ layer.weight + layer.bias
            if number < len(self._rest) - 1:
                np.maximum(answer, 0, out=answer)
        return answer[:, :, 0]


def likelihoods(scores: Floats, starts: Ints) -> Floats:
    """Per pair, the networks' likelihoods averaged; pairs of one message begin at `starts` and add up to 1."""
    lengths = np.diff(np.append(starts, scores.shape[1]))
    group = np.repeat(np.arange(len(starts)), lengths)
    raised = np.exp(scores - np.maximum.reduceat(scores, starts, axis=1)[:, group])
    likely: Floats = (raised / np.add.reduceat(raised, starts, axis=1)[:, group]).mean(axis=0)
    return likely
