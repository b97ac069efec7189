"""How a network of untangling learns: numpy alone, one softmax over the candidates of each message."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twodesks.language.untangling.block import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Pairs of some messages: `later` and `earlier` are rows of `messages`. Pairs of one message begin at `starts`."""

    pairs: Floats
    messages: Floats
    later: Ints
    earlier: Ints
    starts: Ints
    right: Bools

    def _parts(self) -> tuple[slice, slice, slice]:
        pair, message = self.pairs.shape[1], self.messages.shape[1]
        return slice(0, pair), slice(pair, pair + message), slice(pair + message, pair + 2 * message)

    def into(self, weight: Floats) -> Floats:
        """What a pair's features, the later message's and another earlier message's come to by these weights."""
        pair, later, earlier = self._parts()
        found: Floats = self.pairs @ weight[pair]
        found += (self.messages @ weight[later])[self.later]
        found += (self.messages @ weight[earlier])[self.earlier] * (self.later != self.earlier)[:, None]
        return found

    def back(self, flow: Floats) -> Floats:
        """The slope of such weights."""
        by_later = np.add.reduceat(flow, self.starts)
        other = np.flatnonzero(self.later != self.earlier)
        order = other[np.argsort(self.earlier[other], kind="stable")]
        rows, begins = np.unique(self.earlier[order], return_index=True)
        by_earlier = np.add.reduceat(flow[order], begins)
        return np.concatenate(
            [
                self.pairs.T @ flow,
                self.messages[self.later[self.starts]].T @ by_later,
                self.messages[rows].T @ by_earlier,
            ]
        )


@dataclass(slots=True)
class Trainee:
    """One network under training: rectified layers and Adam; its weights are averaged over the last epochs."""

    widths: Sequence[int]
    seed: int
    drop: float = 0.1
    decay: float = 1e-3
    weights: list[Floats] = field(init=False)
    biases: list[Floats] = field(init=False)
    _moments: list[tuple[Floats, Floats]] = field(init=False)
    _steps: int = field(init=False, default=0)
    _chance: np.random.Generator = field(init=False)
    _mean: list[Floats] = field(init=False, default_factory=list)
    _averaged: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._chance = np.random.default_rng(self.seed)
        shapes = list(zip(self.widths, self.widths[1:], strict=False))
        scale = [math.sqrt(2 / inner) for inner, _ in shapes]
        scale[-1] *= 0.1
        self.weights = [
            (self._chance.standard_normal(shape) * size).astype(np.float32)
            for shape, size in zip(shapes, scale, strict=True)
        ]
        self.biases = [np.zeros(outer, np.float32) for _, outer in shapes]
        self._moments = [(np.zeros_like(value), np.zeros_like(value)) for value in self._values()]

    def _values(self) -> list[Floats]:
        return [*self.weights, *self.biases]

    def learn(self, batch: Batch, rate: float) -> float:
        """One step on the pairs of some messages; returns the loss before it."""
        hidden = batch.into(self.weights[0]) + self.biases[0]
        inputs, masks = [hidden], []
        for weight, bias in zip(self.weights[1:], self.biases[1:], strict=True):
            masks.append(self._mask(hidden))
            inputs.append(hidden * masks[-1])
            hidden = inputs[-1] @ weight + bias
        loss, slope = _softmax_loss(hidden[:, 0], batch.starts, batch.right)
        flow: Floats = slope[:, None]
        by_weight: list[Any] = []
        by_bias: list[Any] = []
        for level in range(len(self.weights) - 1, 0, -1):
            by_weight.insert(0, inputs[level].T @ flow)
            by_bias.insert(0, flow.sum(axis=0, dtype=np.float32))
            flow = (flow @ self.weights[level].T) * masks[level - 1]
        self._step([batch.back(flow), *by_weight, flow.sum(axis=0, dtype=np.float32), *by_bias], rate)
        return loss

    def _mask(self, hidden: Floats) -> Floats:
        kept = (hidden > 0) & (self._chance.random(hidden.shape, np.float32) >= self.drop)
        mask: Floats = kept.astype(np.float32) * np.float32(1 / (1 - self.drop))
        return mask

    def _step(self, slopes: list[Floats], rate: float) -> None:
        self._steps += 1
        for value, slope, (first, second) in zip(self._values(), slopes, self._moments, strict=True):
            first += 0.1 * (slope - first)
            second += 0.001 * (slope * slope - second)
            size = np.sqrt(second / (1 - 0.999**self._steps)) + 1e-8
            value -= rate * (first / (1 - 0.9**self._steps)) / size
            if value.ndim == 2:
                value -= rate * self.decay * value

    def remember(self) -> None:
        self._averaged += 1
        if not self._mean:
            self._mean = [value.copy() for value in self._values()]
        for mean, value in zip(self._mean, self._values(), strict=True):
            mean += (value - mean) / self._averaged

    def settle(self) -> None:
        depth = len(self.weights)
        self.weights, self.biases = self._mean[:depth], self._mean[depth:]


def _softmax_loss(scores: Floats, starts: Ints, right: Bools) -> tuple[float, Floats]:
    """Minus the log of what the annotated parents are given together, and its slope. Who has none is left out."""
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(scores))))
    raised = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
    likely = raised / np.add.reduceat(raised, starts)[group]
    given = np.add.reduceat(likely * right, starts)
    counted = given > 0
    slope = (likely - np.where(right, likely / np.maximum(given[group], 1e-9), 0)) * counted[group]
    return float(-np.log(given[counted]).mean()), (slope / max(1, counted.sum())).astype(np.float32)
