"""How well links and conversations were found, as Kummerfeld et al. (ACL 2019, section 5) measure it.

Everything is in percent and pooled over all logs. Links are pairs of a line and its parent, and a line without a parent
is linked to itself. Conversations are what links of annotated lines join, lines before the first annotated one left
out; they keep what they join all the same. Exact match leaves conversations of one line out, on both sides.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Parents = Mapping[int, Iterable[int]]
Clusters = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Score:
    precision: float
    recall: float
    f: float


@dataclass(frozen=True, slots=True)
class Scores:
    graph: Score
    vi: float  # 100 × (1 - variation of information / log2 of the number of lines)
    one_to_one: float
    exact: Score


def score(gold: Sequence[Parents], found: Sequence[Parents]) -> Scores:
    """One entry a log on both sides, with the same annotated lines as keys."""
    right = [clusters(parents) for parents in gold]
    ours = [clusters(parents) for parents in found]
    return Scores(graph_score(gold, found), variation_of_information(right, ours), *_matches(right, ours))


def _matches(right: Sequence[Clusters], ours: Sequence[Clusters]) -> tuple[float, Score]:
    return one_to_one(right, ours), exact_match(right, ours)


def graph_score(gold: Sequence[Parents], found: Sequence[Parents]) -> Score:
    right = [{(child, parent) for child, parents in log.items() for parent in parents} for log in gold]
    ours = [{(child, parent) for child, parents in log.items() for parent in parents} for log in found]
    matched = sum(len(a & b) for a, b in zip(right, ours, strict=True))
    return _score(matched, sum(map(len, ours)), sum(map(len, right)))


def clusters(parents: Parents) -> Clusters:
    """The lines that links join, without those before the first child."""
    if not parents:
        return []
    root: dict[int, int] = {}

    def find(line: int) -> int:
        root.setdefault(line, line)
        while root[line] != line:
            root[line] = root[root[line]]
            line = root[line]
        return line

    for child, its_parents in parents.items():
        find(child)
        for parent in its_parents:
            root[find(parent)] = find(child)
    first = min(parents)
    joined: dict[int, set[int]] = {}
    for line in list(root):
        if line >= first:
            joined.setdefault(find(line), set()).add(line)
    return [frozenset(lines) for lines in joined.values()]


def exact_match(gold: Sequence[Clusters], found: Sequence[Clusters]) -> Score:
    right = [{lines for lines in log if len(lines) > 1} for log in gold]
    ours = [{lines for lines in log if len(lines) > 1} for log in found]
    matched = sum(len(a & b) for a, b in zip(right, ours, strict=True))
    return _score(matched, sum(map(len, ours)), sum(map(len, right)))


def variation_of_information(gold: Sequence[Clusters], found: Sequence[Clusters]) -> float:
    total = sum(len(lines) for log in gold for lines in log)
    if total < 2:
        return 100.0
    information = 0.0
    for right, ours in zip(gold, found, strict=True):
        for (a, b), shared in _overlaps(right, ours).items():
            information -= shared / total * (math.log2(shared / len(right[a])) + math.log2(shared / len(ours[b])))
    return 100 * (1 - information / math.log2(total))


def one_to_one(gold: Sequence[Clusters], found: Sequence[Clusters]) -> float:
    """The share of lines that agree under the best pairing of conversations."""
    total = sum(len(lines) for log in gold for lines in log)
    agreed = 0
    for right, ours in zip(gold, found, strict=True):
        table = np.zeros((len(right), len(ours)), dtype=np.int64)
        for (a, b), shared in _overlaps(right, ours).items():
            table[a, b] = shared
        agreed += best_pairing(table)
    return 100 * agreed / max(1, total)


def _overlaps(right: Clusters, ours: Clusters) -> Counter[tuple[int, int]]:
    at = {line: number for number, lines in enumerate(ours) for line in lines}
    return Counter((number, at[line]) for number, lines in enumerate(right) for line in lines if line in at)


def best_pairing(table: np.ndarray) -> int:
    """The greatest sum of a table's cells with at most one from each row and column (the Hungarian method)."""
    if 0 in table.shape:
        return 0
    rows = table if table.shape[0] <= table.shape[1] else table.T
    height, width = rows.shape
    cost = rows.max() - rows.astype(np.float64)
    row_price, column_price = np.zeros(height), np.zeros(width + 1)
    # The last column stands for the row that is being placed.
    owner = np.full(width + 1, -1)
    for row in range(height):
        owner[width] = row
        at, least = width, np.full(width, np.inf)
        came_from, done = np.full(width, width), np.zeros(width + 1, dtype=bool)
        while owner[at] >= 0:
            done[at] = True
            reduced = cost[owner[at]] - row_price[owner[at]] - column_price[:width]
            nearer = ~done[:width] & (reduced < least)
            least[nearer], came_from[nearer] = reduced[nearer], at
            following = int(np.where(done[:width], np.inf, least).argmin())
            step = least[following]
            row_price[owner[done]] += step
            column_price[done] -= step
            least[~done[:width]] -= step
            at = following
        while at != width:
            owner[at] = owner[came_from[at]]
            at = came_from[at]
    placed = np.flatnonzero(owner[:width] >= 0)
    return int(rows[owner[placed], placed].sum())


def _score(matched: int, found: int, gold: int) -> Score:
    precision = 100 * matched / found if found else 0.0
    recall = 100 * matched / gold if gold else 0.0
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if matched else 0.0)
