"""Who knows: is the member whose answer is accepted among those named first?

    make bench-routing
    .venv/bin/python -m bench.bench_routing DIR…      other Stack Exchange dumps; or STACKEXCHANGE=DIR:DIR make …

In order of time. The last fifth of the questions are asked one after another; for each, everything is known that had
happened by then and nothing else. Measured are those with an accepted answer by somebody other than the asker; one who
had never answered before cannot be found, and counts as missed. Baselines see the same history.

`shipped` are the weights that come with Twodesks. `own history` are learned anew from the first four fifths of the same
community, held near the shipped ones, as a server does every night once it has enough answers.
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from bench.communities import Community, folders, read_community
from bench.routing_examples import MOST_EXAMPLES, answered, last_trained, measured, mrr_and_hit
from bench.routing_replay import title_twice, told
from bench.speech_data import keep, show
from twodesks.language.expertise import Example, Signals, example, fit, rank, shipped_weights

BASELINES = ("most active", "most active lately", "BM25 over past threads")


def main() -> None:
    results = {}
    for folder in folders():
        community = read_community(folder)
        results[folder.name] = measure(community)
    keep("routing", results)


def measure(community: Community) -> dict[str, object]:
    end = last_trained(community)
    learned: list[Example] = []
    asked: list[Signals] = []
    right: list[int] = []
    rankings: dict[str, list[Sequence[int]]] = {name: [] for name in BASELINES}
    weights = shipped_weights()
    started, told_count = time.perf_counter(), 0
    for number, question, signals, history in told(
        community,
        lambda number, question: max(1, end - MOST_EXAMPLES) <= number < end or (number >= end and measured(question)),
    ):
        told_count += 1
        if number < end:
            one = example(signals, answered(question), weights)
            learned += [one] if one else []
            continue
        assert question.accepted is not None
        assert question.accepted.author is not None
        right.append(question.accepted.author)
        asked.append(signals)
        rankings["most active"].append(_ranked(signals, history.answers_given()))
        rankings["most active lately"].append(_ranked(signals, _sums(signals, "lately")))
        rankings["BM25 over past threads"].append(_ranked(signals, history.by_words_alone(title_twice(question))))
    took_ms = 1_000 * (time.perf_counter() - started) / max(1, told_count)
    own = fit(learned, weights)
    rankings["who knows, shipped"] = [rank(signals, weights).members for signals in asked]
    rankings["who knows, own history"] = [rank(signals, own).members for signals in asked]
    found = {name: mrr_and_hit(ranked, right) for name, ranked in rankings.items()}
    show(
        f"{community.name}: {len(right)} questions of {len(community.questions)}, {took_ms:.1f} ms each",
        ["ranking", "MRR", "hit@5"],
        [(name, round(mrr, 3), round(hit, 3)) for name, (mrr, hit) in found.items()],
    )
    reachable = [member in set(signals.members.tolist()) for signals, member in zip(asked, right, strict=True)]
    return {
        "questions": len(community.questions),
        "measured": len(right),
        "had_answered_before": round(float(np.mean(reachable)), 4),
        "learned_from": len(learned),
        "ms_per_question": round(took_ms, 2),
        "mrr": {name: round(mrr, 4) for name, (mrr, _) in found.items()},
        "hit_at_5": {name: round(hit, 4) for name, (_, hit) in found.items()},
        "own_weights": own,
    }


def _sums(signals: Signals, name: str) -> dict[int, float]:
    return dict(zip(signals.members.tolist(), signals.sums[name].tolist(), strict=True))


def _ranked(signals: Signals, counts: Mapping[int, float]) -> list[int]:
    """The candidates that have any, most first."""
    having = [member for member in signals.members.tolist() if counts[member] > 0]
    return sorted(having, key=lambda member: -counts[member])


if __name__ == "__main__":
    main()
