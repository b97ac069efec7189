"""How the networks of untangling are trained: numpy alone, one softmax over the candidates of each message."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.irc import Log
from twodesks.language.untangling.block import Bools, Floats, Ints
from twodesks.language.untangling.candidates import REACH, pairs
from twodesks.language.untangling.features import message_features, pair_features
from twodesks.language.untangling.flow import Flow, Stretch
from twodesks.language.untangling.messages import ChatMessage

# Messages are drawn in runs of so many, so that those of one batch share their candidates' rows.
RUN = 32


@dataclass(frozen=True, slots=True)
class Examples:
    """Annotated messages of one stretch. Pairs of one message begin at `starts`; `right` marks the annotated ones."""

    pairs: Floats
    messages: Floats
    later: Ints
    earlier: Ints
    starts: Ints
    right: Bools
    lines: list[int]  # the line number of each row of `messages`

    def rows(self, first: int, last: int) -> Floats:
        later, earlier = self.later[first:last], self.earlier[first:last]
        other = (later != earlier)[:, None]
        return np.concatenate([self.pairs[first:last], self.messages[later], self.messages[earlier] * other], axis=1)

    def bounds(self) -> Ints:
        return np.append(self.starts, len(self.later))


def stretches(messages: Sequence[ChatMessage]) -> Iterator[Stretch]:
    flow = Flow()
    for message in messages:
        yield from flow.add(message)
    yield from flow.finish()


def examples(log: Log) -> Iterator[Examples]:
    for stretch in stretches(log.messages):
        lines = [int(id_) for id_ in stretch.ids]
        first = next((at for at in range(stretch.first, stretch.last) if lines[at] in log.parents), None)
        if first is None:
            continue
        shared = stretch.block.shared_words(first, REACH)
        later, earlier = pairs(stretch.block, first, stretch.last, shared)
        right = [
            lines[parent] in log.parents.get(lines[child], ())
            for child, parent in zip(later.tolist(), earlier.tolist(), strict=True)
        ]
        yield Examples(
            pair_features(stretch.block, later, earlier, shared),
            message_features(stretch.block),
            later,
            earlier,
            np.flatnonzero(np.diff(later, prepend=-1)),
            np.array(right),
            lines,
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

    def learn(self, rows: Floats, starts: Ints, right: Bools, rate: float) -> float:
        """One step on the pairs of some messages; returns the loss before it."""
        inputs, masks = [rows], []
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            hidden = inputs[-1] @ weight + bias
            mask = (hidden > 0) * (self._chance.random(hidden.shape, np.float32) >= self.drop) / (1 - self.drop)
            masks.append(mask.astype(np.float32))
            inputs.append(hidden * masks[-1])
        loss, slope = _softmax_loss((inputs[-1] @ self.weights[-1] + self.biases[-1])[:, 0], starts, right)
        flow = slope[:, None]
        by_weight: list[Floats] = []
        by_bias: list[Floats] = []
        for level in range(len(self.weights) - 1, -1, -1):
            by_weight.insert(0, inputs[level].T @ flow)
            by_bias.insert(0, flow.sum(axis=0))
            if level:
                flow = (flow @ self.weights[level].T) * masks[level - 1]
        self._step([*by_weight, *by_bias], rate)
        return loss

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


def train(
    examples: Sequence[Examples], *, hidden: Sequence[int], seed: int, epochs: int, rate: float = 2e-3, batch: int = 8
) -> Trainee:
    """`batch` is in runs of messages. The rate rises over the first 200 steps and falls to nothing."""
    width = examples[0].rows(0, 1).shape[1]
    trainee = Trainee([width, *hidden, 1], seed)
    chance = np.random.default_rng(seed)
    runs = [
        (part, start, min(start + RUN, len(part.starts)))
        for part in examples
        for start in range(0, len(part.starts), RUN)
    ]
    steps = math.ceil(len(runs) / batch) * epochs
    step = 0
    for epoch in range(epochs):
        order = chance.permutation(len(runs))
        for begin in range(0, len(runs), batch):
            rows, starts, right = _batch([runs[at] for at in order[begin : begin + batch]])
            trainee.learn(rows, starts, right, rate * min(1, step / 200) * (1 - step / steps))
            step += 1
            if epoch >= 0.6 * epochs:
                trainee.remember()
    trainee.settle()
    return trainee


def _batch(runs: Sequence[tuple[Examples, int, int]]) -> tuple[Floats, Ints, Bools]:
    rows, starts, right = [], [], []
    size = 0
    for part, start, stop in runs:
        bounds = part.bounds()
        first, last = int(bounds[start]), int(bounds[stop])
        rows.append(part.rows(first, last))
        starts.append(part.starts[start:stop] - first + size)
        right.append(part.right[first:last])
        size += last - first
    return np.concatenate(rows), np.concatenate(starts), np.concatenate(right)
