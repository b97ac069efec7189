"""Makes `language/data/worth.json`: `python -m bench.train_worth`. Seconds on one core."""

import json

import numpy as np

from bench import worth_model as model
from bench.speech_data import RESULTS
from twodesks.language.worth_features import FEATURES

RIGHT = 0.7


def main() -> None:
    sample = model.load()
    scores = model.held_out(sample)
    fit = model.fit(sample.values, sample.keep, sample.weight)
    names = list(FEATURES)
    card = {
        "what": "whether a conversation holds an explanation worth keeping: a logistic model, one weight a count",
        "from": f"{len(sample.ids)} labelled conversations (bench/worth_labels.tsv, described in docs/worth.md)",
        "data": "IRC Disentanglement (Kummerfeld et al., ACL 2019), CC-BY-4.0; houstondatavis/slack-export, MIT",
        "how good": {
            "precision@20": round(model.precision_at(scores, sample.keep), 3),
            "average precision": round(model.average_precision(scores, sample.keep), 3),
            "measured": "on channels and logs that the fit had not seen",
        },
        "licence": "Apache-2.0",
        "made by": "bench/train_worth.py",
    }
    out = {
        "card": card,
        "offer_from": _offer_from(scores, sample.keep),
        "bias": round(fit.bias, 5),
        "weights": _by_name(names, fit.weights),
        "means": _by_name(names, fit.means),
        "deviations": _by_name(names, fit.deviations),
    }
    path = RESULTS.parents[1] / "src" / "twodesks" / "language" / "data" / "worth.json"
    path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(card["how good"]), out["offer_from"])


def _by_name(names: list[str], values: model.Vector) -> dict[str, float]:
    return {name: round(float(value), 5) for name, value in zip(names, values, strict=True)}


def _offer_from(scores: model.Vector, keep: model.Vector) -> float:
    """The lowest score from which at least `RIGHT` of those above it are worth keeping."""
    order = np.argsort(-scores)
    right = np.cumsum(keep[order]) / np.arange(1, len(order) + 1)
    last = int(np.flatnonzero(right >= RIGHT).max())
    return round(float(1 / (1 + np.exp(-scores[order][last]))), 3)


if __name__ == "__main__":
    main()
