"""How well channel talk is split into conversations, and how fast.

Quality on the development set of the Ubuntu IRC logs, by the metrics of Kummerfeld et al. (ACL 2019), beside a rule of
thumb on the same set and the paper's figures on its test set. On a small sample of Slack, too. Speed as an importer
sees it: one process, from messages to links, over those logs one after another.
"""

import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from bench.irc import Log, read_logs
from bench.slack_sample import read_sample
from bench.speech_data import keep, show
from bench.untangle_metrics import Parents, Scores, exact_match, one_to_one, score, variation_of_information
from twodesks.language.untangling import ChatMessage, Untangler, untangle

PAPER = {
    "paper, linear ¹": (64.7, 62.3, 63.5, 88.9, 69.5, None, None, 21.8),
    "paper, feed-forward ¹": (73.7, 71.0, 72.3, 91.3, 75.6, None, None, 36.2),
    "paper, ten voting ¹": (74.9, 72.2, 73.5, 91.5, 76.0, None, None, 38.0),
    "paper, rule of thumb ¹": (None, None, 58.8, 89.1, 70.4, None, None, 24.7),
}
COLUMNS = ["", "graph P", "R", "F", "VI", "1-1", "exact P", "R", "F"]
SPEED_MESSAGES = 50_000


def rule_of_thumb(log: Log) -> dict[int, set[int]]:
    """The last line of the one who is named, within 150; else one's own last within 20; else something new."""
    return {line: {_thumb(log.messages, line)} for line in log.parents}


def _thumb(messages: Sequence[ChatMessage], line: int) -> int:
    author = messages[line].author.lower()
    named = {word.strip(":,;.!?@") for word in messages[line].text.lower().split()}
    for back in range(line - 1, max(-1, line - 151), -1):
        other = messages[back].author.lower()
        if len(other) > 2 and other in named and other != author:
            return back
    for back in range(line - 1, max(-1, line - 21), -1):
        if messages[back].author.lower() == author:
            return back
    return line


def by_links(log: Log) -> dict[int, set[int]]:
    return {
        int(link.id): {int(link.reply_to or link.id)} for link in untangle(log.messages) if int(link.id) in log.parents
    }


def by_conversations(log: Log) -> dict[int, set[int]]:
    """Conversations as they are given, which also hang together by lines before the annotation: by their first line."""
    first: dict[str, int] = {}
    found = {}
    for link in untangle(log.messages):
        if int(link.id) in log.parents:
            found[int(link.id)] = {first.setdefault(link.conversation, int(link.id))}
    return found


def slack_sample() -> dict[str, dict[str, float]]:
    """Conversations of the Slack sample, beside cutting the channel wherever it was silent for an hour."""
    messages, gold = read_sample()
    found: dict[str, set[int]] = {}
    for link in untangle(messages):
        found.setdefault(link.conversation, set()).add(int(link.id))
    cuts = np.cumsum(np.diff([message.ts for message in messages], prepend=messages[0].ts) > 3600)
    by_hour = [frozenset(np.flatnonzero(cuts == cut).tolist()) for cut in range(cuts[-1] + 1)]
    return {
        name: {
            "vi": variation_of_information([gold], [groups]),
            "one_to_one": one_to_one([gold], [groups]),
            "exact_f": exact_match([gold], [groups]).f,
        }
        for name, groups in {
            "Twodesks": [frozenset(ids) for ids in found.values()],
            "an hour's silence": by_hour,
        }.items()
    }


def messages_a_second() -> float:
    said = [message for log in read_logs("dev") for message in log.messages]
    untangler = Untangler()
    count = links = 0
    start = time.perf_counter()
    while count < SPEED_MESSAGES:
        # One channel after another: names, words and times are new to each other.
        for message in said:
            links += len(untangler.add(message))
        count += len(said)
    links += len(untangler.finish())
    if links != count:
        raise SystemExit(f"{links} links of {count} messages")
    return count / (time.perf_counter() - start)


def _row(name: str, scores: Scores) -> tuple[object, ...]:
    graph, exact = scores.graph, scores.exact
    found = (
        graph.precision,
        graph.recall,
        graph.f,
        scores.vi,
        scores.one_to_one,
        exact.precision,
        exact.recall,
        exact.f,
    )
    return (name, *(f"{figure:.1f}" for figure in found))


def main() -> None:
    logs = read_logs("dev")
    gold: list[Parents] = [log.parents for log in logs]
    results = {
        "Twodesks": score(gold, [by_links(log) for log in logs]),
        "conversations as given": score(gold, [by_conversations(log) for log in logs]),
        "rule of thumb": score(gold, [rule_of_thumb(log) for log in logs]),
    }
    speed = messages_a_second()
    rows = [_row(name, scores) for name, scores in results.items()]
    # By conversations alone there is no graph to compare.
    rows[1] = (rows[1][0], "", "", "", *rows[1][4:])
    rows += [(name, *("" if figure is None else str(figure) for figure in figures)) for name, figures in PAPER.items()]
    lines = sum(map(len, gold))
    title = f"Ubuntu IRC, development set: {lines:,} lines of {len(logs)} logs. ¹ as published, on the test set"
    show(title, COLUMNS, rows)
    slack = slack_sample()
    found = [(name, *(f"{figure:.1f}" for figure in figures.values())) for name, figures in slack.items()]
    show("Slack, 230 messages of one channel, grouped by one reader", ["", "VI", "1-1", "exact F"], found)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    show("One process", ["messages a second", "memory at most, MB"], [(f"{speed:,.0f}", f"{memory_mb:.0f}")])
    keep(
        "untangle",
        {
            "development_set": {name: asdict(scores) for name, scores in results.items()},
            "paper_test_set": {name: dict(zip(COLUMNS[1:], figures, strict=True)) for name, figures in PAPER.items()},
            "slack_sample": slack,
            "messages_a_second": round(speed),
            "memory_mb": round(memory_mb),
        },
    )


if __name__ == "__main__":
    main()
