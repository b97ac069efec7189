"""A few small networks that say how likely a message replies to another, as plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from twodesks.language.untangling.block import Floats, Ints


@dataclass(frozen=True, slots=True)
class Layer:
    """Of all networks at once: weights (networks, in, out), biases (networks, 1, out)."""

    weight: Floats
    bias: Floats


class Network:
    """Networks of the same form, side by side; rectified between layers.

    Inputs of the first layer are a pair's features, then the later message's, then the earlier one's. It is taken
    apart, so that what depends on one message alone is worked out once a message and not once a pair.
    """

    def __init__(self, layers: list[Layer], message_width: int) -> None:
        first = layers[0]
        self._networks, width, self._hidden = first.weight.shape
        wide = np.ascontiguousarray(first.weight.transpose(1, 0, 2).reshape(width, -1))
        pair_width = width - 2 * message_width
        self._pair = wide[:pair_width]
        self._later = wide[pair_width : pair_width + message_width]
        self._earlier = wide[pair_width + message_width :]
        self._bias = first.bias.reshape(-1)
        self._layers = layers
        self._message_width = message_width

    @classmethod
    def from_arrays(cls, kept: Mapping[str, Any], name: str) -> Self:
        message_width, depth = (int(number) for number in kept[f"{name}_form"])
        layers = [
            Layer(*(kept[f"{name}_{part}{at}"].astype(np.float32) for part in ("weight", "bias")))
            for at in range(depth)
        ]
        return cls(layers, message_width)

    def as_arrays(self, name: str) -> dict[str, Any]:
        """In 16 bits, which changes no figure by more than its noise."""
        arrays: dict[str, Any] = {f"{name}_form": np.array([self._message_width, len(self._layers)])}
        for at, layer in enumerate(self._layers):
            arrays[f"{name}_weight{at}"] = layer.weight.astype(np.float16)
            arrays[f"{name}_bias{at}"] = layer.bias.astype(np.float16)
        return arrays

    def scores(self, pairs: Floats, messages: Floats, later: Ints, earlier: Ints) -> Floats:
        """One score a network and pair, (networks, pairs); exponents of it compare candidates of one message.

        `messages` has a row a message, `later` and `earlier` say which rows a pair is about.
        """
        as_later, as_earlier = messages @ self._later + self._bias, messages @ self._earlier
        hidden = pairs @ self._pair
        hidden += as_later[later]
        hidden += as_earlier[earlier] * (later != earlier)[:, None]
        np.maximum(hidden, 0, out=hidden)
        answer = hidden.reshape(len(later), self._networks, self._hidden).transpose(1, 0, 2)
        rest = self._layers[1:]
        for number, layer in enumerate(rest):
            answer = answer @ layer.weight + layer.bias
            if number < len(rest) - 1:
                np.maximum(answer, 0, out=answer)
        return answer[:, :, 0]


def likelihoods(scores: Floats, starts: Ints) -> Floats:
    """Per pair, the networks' likelihoods averaged; pairs of one message begin at `starts` and add up to 1."""
    lengths = np.diff(np.append(starts, scores.shape[1]))
    group = np.repeat(np.arange(len(starts)), lengths)
    raised = np.exp(scores - np.maximum.reduceat(scores, starts, axis=1)[:, group])
    likely: Floats = (raised / np.add.reduceat(raised, starts, axis=1)[:, group]).mean(axis=0)
    return likely
