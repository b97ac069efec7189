"""What the networks of untangling are trained on: annotated logs as pairs of messages, in batches."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.irc import Log
from bench.untangle_trainee import Batch, Trainee
from twodesks.language.untangling.block import Bools, Floats, Ints
from twodesks.language.untangling.decision import Prepared, guess, prepare, second_look
from twodesks.language.untangling.flow import Flow, Stretch
from twodesks.language.untangling.messages import ChatMessage
from twodesks.language.untangling.network import Layer, Network

# Messages are drawn in runs of so many, so that those of one batch share their candidates' rows.
RUN = 32


@dataclass(frozen=True, slots=True)
class Examples:
    """Annotated messages of one stretch, for one look.

    Pairs of one message begin at `starts`; `right` marks the annotated ones.
    """

    pairs: Floats
    messages: Floats
    later: Ints
    earlier: Ints
    starts: Ints
    right: Bools

    def runs(self) -> Iterator[Batch]:
        """Without what pairs of a run have no part in."""
        bounds = np.append(self.starts, len(self.later))
        for start in range(0, len(self.starts), RUN):
            stop = min(start + RUN, len(self.starts))
            rows = slice(bounds[start], bounds[stop])
            used, places = np.unique(np.concatenate([self.later[rows], self.earlier[rows]]), return_inverse=True)
            later, earlier = np.split(places, 2)
            starts = self.starts[start:stop] - bounds[start]
            yield Batch(self.pairs[rows], self.messages[used], later, earlier, starts, self.right[rows])


def stretches(messages: Sequence[ChatMessage]) -> Iterator[Stretch]:
    flow = Flow()
    for message in messages:
        yield from flow.add(message)
    yield from flow.finish()


@dataclass(frozen=True, slots=True)
class Annotated:
    """A stretch with annotated messages, prepared. `right` marks the annotated pairs."""

    prepared: Prepared
    right: Bools

    def for_first_look(self) -> Examples:
        prepared = self.prepared
        return self._examples(np.arange(len(prepared.later)), prepared.pairs)

    def for_second_look(self, network: Network) -> Examples:
        return self._examples(*second_look(self.prepared, guess(self.prepared, network)))

    def _examples(self, wanted: Ints, features: Floats) -> Examples:
        """Those of messages with an annotated parent among their candidates."""
        prepared = self.prepared
        later, right = prepared.later[wanted], self.right[wanted]
        known = np.isin(later, np.unique(later[right]))
        later = later[known]
        starts = np.flatnonzero(np.diff(later, prepend=-1))
        return Examples(
            features[known], prepared.messages, later, prepared.earlier[wanted][known], starts, right[known]
        )


def annotated(log: Log) -> Iterator[Annotated]:
    for stretch in stretches(log.messages):
        lines = [int(id_) for id_ in stretch.ids]
        if log.parents.keys().isdisjoint(lines[stretch.first : stretch.last]):
            continue
        prepared = prepare(stretch)
        # What is annotated counts where it is decided, and once.
        inside = (prepared.later >= stretch.first) & (prepared.later < stretch.last)
        right = [
            within and lines[parent] in log.parents.get(lines[child], ())
            for child, parent, within in zip(
                prepared.later.tolist(), prepared.earlier.tolist(), inside.tolist(), strict=True
            )
        ]
        yield Annotated(prepared, np.array(right))


def train(
    examples: Sequence[Examples], *, hidden: Sequence[int], seed: int, epochs: int, rate: float = 2e-3, batch: int = 8
) -> Trainee:
    """`batch` is in runs of messages. The rate rises over the first 200 steps and falls to nothing."""
    runs = [run for part in examples for run in part.runs()]
    pair_width, message_width = runs[0].pairs.shape[1], runs[0].messages.shape[1]
    trainee = Trainee([pair_width + 2 * message_width, *hidden, 1], seed)
    chance = np.random.default_rng(seed)
    steps = math.ceil(len(runs) / batch) * epochs
    step = 0
    for epoch in range(epochs):
        order = chance.permutation(len(runs))
        for begin in range(0, len(runs), batch):
            drawn = _together([runs[at] for at in order[begin : begin + batch]])
            trainee.learn(drawn, rate * min(1, step / 200) * (1 - step / steps))
            step += 1
            if epoch >= 0.6 * epochs:
                trainee.remember()
    trainee.settle()
    return trainee


def _together(runs: Sequence[Batch]) -> Batch:
    rows = np.cumsum([0, *(len(run.later) for run in runs)])
    messages = np.cumsum([0, *(len(run.messages) for run in runs)])
    return Batch(
        np.concatenate([run.pairs for run in runs]),
        np.concatenate([run.messages for run in runs]),
        np.concatenate([run.later + at for run, at in zip(runs, messages, strict=False)]),
        np.concatenate([run.earlier + at for run, at in zip(runs, messages, strict=False)]),
        np.concatenate([run.starts + at for run, at in zip(runs, rows, strict=False)]),
        np.concatenate([run.right for run in runs]),
    )


def side_by_side(trainees: Sequence[Trainee], message_width: int) -> Network:
    layers = [
        Layer(
            np.stack([trainee.weights[at] for trainee in trainees]),
            np.stack([trainee.biases[at][None] for trainee in trainees]),
        )
        for at in range(len(trainees[0].weights))
    ]
    return Network(layers, message_width)
