"""Who knows: is the member whose answer is accepted among those named first?

    make bench-routing
    .venv/bin/python -m bench.bench_routing DIR…      other Stack Exchange dumps; or STACKEXCHANGE=DIR:DIR make …

In order of time. The last fifth of the questions are asked one after another; for each, everything is known that had
happened by then and nothing else. Measured are those with an accepted answer by somebody other than the asker; one who
had never answered before cannot be found, and counts as missed. Baselines see the same history.

`shipped` are the weights that come with Twodesks. `own history` are learned anew from the first four fifths of the same
community, held near the shipped ones.
"""

import time
from collections.abc import Mapping

from bench.chat_questions import read_chat
from bench.communities import DATA, Community, folders, named_folders, read_community
from bench.routing_examples import MOST_EXAMPLES, accepted_author, answered, last_trained, measured, mrr_and_hit
from bench.routing_replay import title_twice, told
from bench.speech_data import keep, show
from twodesks.language.expertise import Example, Signals, example, fit, rank, shipped_weights

MOST_ACTIVE, ACTIVE_LATELY, BY_WORDS = "most active", "most active lately", "BM25 over past threads"
SHIPPED, OWN = "who knows, shipped weights", "who knows, own history"
ABSENT = 0


def main() -> None:
    results = {folder.name: measure(read_community(folder)) for folder in folders()}
    if not named_folders() and (DATA / "irc").exists():
        # No board of questions, and no accepted answers: shows only that the same signals tell something of chat.
        results["ubuntu-irc"] = measure(read_chat(DATA / "irc"))
    keep("routing", results)


def measure(community: Community) -> dict[str, object]:
    """One pass: learn from the questions before the last fifth, then rank for those in it."""
    end = last_trained(community)
    weights = shipped_weights()
    learned: list[Example] = []
    own: dict[str, float] | None = None
    ranks: dict[str, list[int]] = {name: [] for name in (MOST_ACTIVE, ACTIVE_LATELY, BY_WORDS, SHIPPED, OWN)}
    reachable, told_count, started = 0, 0, time.perf_counter()
    for number, question, signals, history in told(
        community,
        lambda number, question: max(1, end - MOST_EXAMPLES) <= number < end or (number >= end and measured(question)),
    ):
        told_count += 1
        if number < end:
            one = example(signals, answered(question), weights)
            learned += [one] if one else []
            continue
        if own is None:
            own = fit(learned, weights)
        right = accepted_author(question)
        reachable += bool((signals.members == right).any())
        ranked = {
            MOST_ACTIVE: _ranked(signals, history.answers_given()),
            ACTIVE_LATELY: _ranked(signals, _sums(signals, "lately")),
            BY_WORDS: _ranked(signals, history.by_words_alone(title_twice(question))),
            SHIPPED: rank(signals, weights).members,
            OWN: rank(signals, own).members,
        }
        for name, members in ranked.items():
            ranks[name].append(members.index(right) + 1 if right in members else ABSENT)
    took_ms = 1_000 * (time.perf_counter() - started) / max(1, told_count)
    found = {name: mrr_and_hit(places) for name, places in ranks.items()}
    count = len(ranks[SHIPPED])
    show(
        f"{community.name}: {count} questions of {len(community.questions)}, {took_ms:.1f} ms each",
        ["ranking", "MRR", "hit@5"],
        [(name, f"{mrr:.3f}", f"{hit:.3f}") for name, (mrr, hit) in found.items()],
    )
    return {
        "questions": len(community.questions),
        "measured": count,
        "had_answered_before": round(reachable / max(1, count), 4),
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
