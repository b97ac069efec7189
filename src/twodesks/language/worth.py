"""Whether a conversation holds an explanation worth keeping, with the reasons in words.

A logistic model over a few dozen counts (`worth_features`); its weights and their card are `data/worth.json`, made by
`bench/train_worth.py`. What a team answers when it is asked shifts the weights for that team alone, and never far.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from twodesks.kit.counting import counted
from twodesks.language.worth_features import FEATURES, Reading, Turn, read

__all__ = ["Leaning", "Turn", "Worth", "judge", "learn", "offer_from"]

_MODEL = Path(__file__).parent / "data" / "worth.json"
# No conversation that was labelled says what happened elsewhere, so these two are set by hand: each doubling of those
# who asked the same counts about as much as clear thanks do.
ASKED_AGAIN = 0.6
SHOWN = 0.4
# How far one answer, wholly unexpected, moves the sum for its like; and how far all of them may move one weight.
STEP = 0.6
FURTHEST = 0.6


@dataclass(frozen=True, slots=True)
class Leaning:
    """What a team's answers taught: shifts by feature (`bias` too), and how many answers there were. Plain numbers."""

    shifts: Mapping[str, float] = field(default_factory=dict)
    answers: int = 0


@dataclass(frozen=True, slots=True)
class Worth:
    """`score` from 0 to 1; `reasons` for people, the strongest first; `explainer` an author's key, if anybody explains.

    `features` is what `learn` needs when the offer is answered.
    """

    score: float
    reasons: tuple[str, ...]
    explainer: str | None
    features: Mapping[str, float]


def judge(
    turns: Sequence[Turn],
    *,
    names: Mapping[str, str] | None = None,
    asked_again: int = 0,
    shown: int = 0,
    leaning: Leaning | None = None,
) -> Worth:
    """`asked_again`: how many others asked the same; `shown`: how often somebody was pointed here.

    `names` by author's key; whoever has none is "somebody", so that an anonymous asker stays one.
    """
    reading = read(turns)
    model = _model()
    features = dict(reading.features)
    shifts = leaning.shifts if leaning else {}
    total = float(model["bias"]) + shifts.get("bias", 0.0)
    for name, weight in model["weights"].items():
        total += (weight + shifts.get(name, 0.0)) * _standard(name, features[name])
    total += ASKED_AGAIN * math.log2(1 + max(0, asked_again)) + SHOWN * math.log2(1 + max(0, shown))
    explains = reading.explainer is not None and bool(reading.explaining)
    return Worth(
        score=round(_logistic(total) if explains else 0.0, 4),
        reasons=_reasons(reading, turns, names or {}, asked_again, shown) if explains else (),
        explainer=reading.explainer,
        features=features,
    )


def offer_from() -> float:
    """The score above which offers were right seven times in ten, on conversations the model had not seen."""
    return float(_model()["offer_from"])


def learn(leaning: Leaning, features: Mapping[str, float], *, keep: bool) -> Leaning:
    """One answer more: a step of gradient descent, smaller with every answer, each shift within `FURTHEST`."""
    model = _model()
    standard = {name: _standard(name, features.get(name, 0.0)) for name in model["weights"]}
    total = float(model["bias"]) + leaning.shifts.get("bias", 0.0)
    total += sum((weight + leaning.shifts.get(name, 0.0)) * standard[name] for name, weight in model["weights"].items())
    step = STEP / (1 + sum(value * value for value in standard.values())) / math.sqrt(1 + leaning.answers / 10)
    step *= float(keep) - _logistic(total)
    moved = {name: _within(leaning.shifts.get(name, 0.0) + step * value) for name, value in standard.items()}
    moved["bias"] = _within(leaning.shifts.get("bias", 0.0) + step)
    return Leaning(shifts=moved, answers=leaning.answers + 1)


@cache
def _model() -> dict[str, Any]:
    model: dict[str, Any] = json.loads(_MODEL.read_text(encoding="utf-8"))
    if set(model["weights"]) != set(FEATURES):
        raise ValueError("worth.json was made for other features. Run bench/train_worth.py again.")
    return model


def _standard(name: str, value: float) -> float:
    """In deviations from the mean of the training sample, no further than three: nothing rare decides alone."""
    model = _model()
    return max(-3.0, min(3.0, (value - float(model["means"][name])) / float(model["deviations"][name])))


def _logistic(total: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def _within(shift: float) -> float:
    return round(max(-FURTHEST, min(FURTHEST, shift)), 6)


def _reasons(
    reading: Reading, turns: Sequence[Turn], names: Mapping[str, str], asked_again: int, shown: int
) -> tuple[str, ...]:
    def name(author: str | None) -> str:
        return names.get(author or "", "somebody")

    said = [f"{name(reading.explainer)} explains in {counted(len(reading.explaining), 'message')}{_with(reading)}"]
    accepted = any(turn.accepted for turn in turns)
    if accepted:
        said.append("it was accepted as the answer")
    if reading.confirmed is not None and not accepted:
        said.append(f"{name(turns[reading.confirmed].author)} said it helped")
    elif reading.thanked is not None and not accepted:
        said.append(f"{name(turns[reading.thanked].author)} said thank you")
    thanked = sum(turn.thanks for turn in turns)
    if thanked:
        said.append(f"thanked by {counted(thanked, 'person', 'people')}")
    if asked_again:
        said.append(f"asked again by {counted(asked_again, 'other')}")
    if shown:
        said.append(f"shown to others {_times(shown)}")
    return tuple(reason[:1].upper() + reason[1:] for reason in said)


def _with(reading: Reading) -> str:
    parts = [
        words
        for words, holds in (
            ("steps", reading.has_steps),
            ("a command", reading.has_command),
            ("a link", reading.has_link),
        )
        if holds
    ]
    return f", with {' and '.join(parts[:2])}" if parts else ""


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else counted(count, "time")
