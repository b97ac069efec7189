"""Makes `src/twodesks/language/untangling/model.npz` from the training part of the Ubuntu IRC logs.

    python -m bench.train_untangle            all training logs; about ten minutes on two cores
    python -m bench.train_untangle --check    five logs in six, measured on the sixth; writes nothing

What was chosen (features, sizes, epochs) was chosen by --check.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console

from bench.irc import Log, read_logs
from bench.untangle_metrics import score
from bench.untangle_training import Examples, Trainee, examples, stretches, train
from twodesks.language.untangling.network import MODEL, Layer, Network
from twodesks.language.untangling.untangler import decide

HIDDEN = (64, 32)
NETWORKS = 5
EPOCHS = 12
HELD_OUT = 6


def network(trainees: Sequence[Trainee], pair_width: int, message_width: int) -> Network:
    return Network(_layers(trainees), pair_width, message_width)


def _layers(trainees: Sequence[Trainee]) -> list[Layer]:
    return [
        Layer(
            np.stack([trainee.weights[at] for trainee in trainees]),
            np.stack([trainee.biases[at][None] for trainee in trainees]),
        )
        for at in range(len(trainees[0].weights))
    ]


def found_parents(log: Log, used: Network) -> dict[int, set[int]]:
    found = {}
    for stretch in stretches(log.messages):
        for child, parent in decide(stretch, used):
            if int(stretch.ids[child]) in log.parents:
                found[int(stretch.ids[child])] = {int(stretch.ids[parent])}
    return found


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true")
    asked.add_argument("--networks", type=int, default=NETWORKS)
    options = asked.parse_args()
    console = Console()
    logs = read_logs("train")
    held_out = logs[3::HELD_OUT] if options.check else []
    used = [log for log in logs if log not in held_out]
    learnt: list[Examples] = [part for log in used for part in examples(log)]
    console.print(f"{sum(len(part.starts) for part in learnt):,} messages of {len(used)} logs")
    trainees = []
    for seed in range(options.networks):
        trainees.append(train(learnt, hidden=HIDDEN, seed=seed, epochs=EPOCHS))
        console.print(f"network {seed + 1} of {options.networks} is trained")
    widths = learnt[0].pairs.shape[1], learnt[0].messages.shape[1]
    if options.check:
        made = network(trainees, *widths)
        console.print(score([log.parents for log in held_out], [found_parents(log, made) for log in held_out]))
        return
    save(trainees, *widths)
    console.print(f"Written to {MODEL}")


def save(trainees: Sequence[Trainee], pair_width: int, message_width: int) -> None:
    layers = _layers(trainees)
    arrays: dict[str, Any] = {"form": np.array([pair_width, message_width, len(layers)])}
    for at, layer in enumerate(layers):
        arrays |= {f"weight{at}": layer.weight.astype(np.float16), f"bias{at}": layer.bias}
    np.savez_compressed(MODEL, **arrays)


if __name__ == "__main__":
    main()
