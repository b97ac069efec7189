"""How well conversations worth keeping are found: precision among the first twenty, and average precision.

Every score is by a fit that saw nothing of the conversation's channel or log. Beside it: length alone, number of
messages alone, thanks alone.
"""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import worth_model as model
from bench.speech_data import RESULTS

SEEDS = range(10)
BAR = 0.8


def main() -> None:
    sample = model.load()
    ways = {
        "Twodesks": model.held_out(sample),
        "length alone": np.array([float(sum(len(turn.text) for turn in turns)) for turns in sample.turns]),
        "messages alone": np.array([float(len(turns)) for turns in sample.turns]),
        "thanks alone": model.feature(sample, "thanks"),
    }
    second = np.arange(len(sample.ids)) >= model.FIRST_DRAW
    first = ~second
    blind = model.fit(sample.values[first], sample.keep[first], sample.weight[first]).score(sample.values[second])
    told: dict[str, Any] = {
        "conversations": len(sample.ids),
        "worth keeping": int(sample.keep.sum()),
        "by way": {name: _measured(scores, sample.keep) for name, scores in ways.items()},
        "second draw, trained on the first": {
            "Twodesks": _measured(blind, sample.keep[second]),
            **{name: _measured(ways[name][second], sample.keep[second]) for name in list(ways)[1:]},
        },
        "ten ways of folding, precision@20": sorted(
            round(model.precision_at(model.held_out(sample, seed), sample.keep), 3) for seed in SEEDS
        ),
        "labelled again": _agreement(),
    }
    _show(told)
    (RESULTS / "worth.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    if missed := list(_missed(told["by way"])):
        raise SystemExit("\n".join(missed))


def _missed(by_way: dict[str, dict[str, float]]) -> Iterator[str]:
    measure = "precision@20"
    own = by_way["Twodesks"][measure]
    if own < BAR:
        yield f"{measure} is {own}, below the bar of {BAR}."
    for name, found in by_way.items():
        if name != "Twodesks" and found[measure] >= own:
            yield f"{name} reaches {measure} {found[measure]}, and Twodesks {own}."


def _measured(scores: model.Vector, keep: model.Vector) -> dict[str, float]:
    return {
        "precision@20": round(model.precision_at(scores, keep), 3),
        "average precision": round(model.average_precision(scores, keep), 3),
    }


def _agreement() -> dict[str, float]:
    """Of the two passes over a part of the labels: how often they agree, and Cohen's kappa."""
    once, again = (
        {row[0]: row[1] for row in (line.split("\t") for line in path.read_text("utf-8").splitlines()[1:])}
        for path in (model.LABELS, model.AGAIN)
    )
    pairs = [(once[key] == "keep", label == "keep") for key, label in again.items()]
    agreed = sum(one == other for one, other in pairs) / len(pairs)
    yes = [sum(pair[side] for pair in pairs) / len(pairs) for side in (0, 1)]
    by_chance = yes[0] * yes[1] + (1 - yes[0]) * (1 - yes[1])
    return {
        "conversations": len(pairs),
        "agreed": round(agreed, 3),
        "kappa": round((agreed - by_chance) / (1 - by_chance), 3),
    }


def _show(told: dict[str, Any]) -> None:
    table = Table(title=f"Worth keeping: {told['worth keeping']} of {told['conversations']} conversations")
    for heading in (
        "",
        "precision@20",
        "average precision",
        "precision@20, second draw",
        "average precision, second draw",
    ):
        table.add_column(heading, justify="right" if heading else "left")
    for name, found in told["by way"].items():
        other = told["second draw, trained on the first"][name]
        table.add_row(name, *(f"{one[measure]:.3f}" for one in (found, other) for measure in found))
    console = Console(width=120)
    console.print(table)
    console.print("Ten ways of folding, precision@20:", told["ten ways of folding, precision@20"])
    console.print("Labelled again:", told["labelled again"])


if __name__ == "__main__":
    main()
