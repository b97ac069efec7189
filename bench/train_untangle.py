"""Makes `src/twodesks/language/untangling/model.npz` from the training part of the Ubuntu IRC logs.

    python -m bench.train_untangle            all training logs; about fifteen minutes on two cores
    python -m bench.train_untangle --check    of five logs in six, measured on the sixth and on variations of it

What was chosen (features, sizes, epochs, variations) was chosen by --check. Training is numpy and the seeds below.
"""

import argparse
from collections.abc import Sequence
from itertools import chain

import numpy as np
from rich.console import Console

from bench.irc import Log, read_logs
from bench.untangle_metrics import Scores, score
from bench.untangle_training import Annotated, Examples, annotated, side_by_side, stretches, train
from bench.untangle_variants import Variation, drawn, vary
from twodesks.language.untangling.decision import MODEL, Model
from twodesks.language.untangling.network import Network

HIDDEN = (64, 32)
EPOCHS = 12
FIRST_NETWORKS, SECOND_NETWORKS = 3, 3
# The second look learns from guesses at logs that the networks of the first had not seen.
FOLDS, FOLD_NETWORKS, FOLD_EPOCHS = 3, 2, 8
VARIED = 3
SEED = 5
HELD_OUT = 6
# Nothing like these is among the held-out logs themselves.
ELSEWHERE = {
    "as it is": Variation(has_seconds=False),
    "in Slack's way": Variation(pace=3, unnamed=0.4, style="slack", has_notices=False),
    "a quiet channel": Variation(pace=10, share=0.25, unnamed=0.7, style="at", has_notices=False),
    "a silent channel": Variation(pace=30, share=0.12, unnamed=0.95, style="slack", has_notices=False),
    "a busy team": Variation(pace=2, team=8, apart_min=8, unnamed=0.6, style="slack", has_notices=False),
    "a team": Variation(pace=6, team=6, apart_min=500, unnamed=0.8, style="at", has_notices=False),
}

console = Console()


def make(logs: Sequence[Log]) -> Model:
    chance = np.random.default_rng(SEED)
    folds = [[part for log in logs[fold::FOLDS] for part in _with_variations(log, chance)] for fold in range(FOLDS)]
    second: list[Examples] = []
    for fold, parts in enumerate(folds):
        others = chain.from_iterable(folds[:fold] + folds[fold + 1 :])
        guessing = _train([part.for_first_look() for part in others], FOLD_NETWORKS, FOLD_EPOCHS)
        second += [part.for_second_look(guessing) for part in parts]
        console.print(f"guessed at a part, {fold + 1} of {FOLDS}")
    first = _train([part.for_first_look() for part in chain.from_iterable(folds)], FIRST_NETWORKS, EPOCHS)
    console.print("the first look is trained")
    return Model(first, _train(second, SECOND_NETWORKS, EPOCHS))


def _with_variations(log: Log, chance: np.random.Generator) -> list[Annotated]:
    varied = [vary(log, drawn(chance), chance) for _ in range(VARIED)]
    return [part for one in (log, *varied) for part in annotated(one)]


def _train(examples: Sequence[Examples], networks: int, epochs: int) -> Network:
    trained = [train(examples, hidden=HIDDEN, seed=seed, epochs=epochs) for seed in range(networks)]
    return side_by_side(trained, examples[0].messages.shape[1])


def measure(model: Model, logs: Sequence[Log]) -> Scores:
    return score([log.parents for log in logs], [found_parents(log, model) for log in logs])


def found_parents(log: Log, model: Model) -> dict[int, set[int]]:
    return {
        int(stretch.ids[child]): {int(stretch.ids[parent])}
        for stretch in stretches(log.messages)
        for child, parent in model.decide(stretch)
        if int(stretch.ids[child]) in log.parents
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true")
    logs = read_logs("train")
    if not asked.parse_args().check:
        make(logs).write()
        console.print(f"Written to {MODEL}")
        return
    held_out = logs[3::HELD_OUT]
    model = make([log for log in logs if log not in held_out])
    chance = np.random.default_rng(SEED)
    for name, variation in ELSEWHERE.items():
        console.print(name, measure(model, [vary(log, variation, chance) for log in held_out]))


if __name__ == "__main__":
    main()
