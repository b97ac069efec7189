"""The measures of untangling, against their published definitions (Kummerfeld et al., ACL 2019, section 5)."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.irc import read_links, read_messages
from bench.untangle_metrics import (
    best_pairing,
    clusters,
    exact_match,
    graph_score,
    one_to_one,
    score,
    variation_of_information,
)

partitions = st.lists(st.integers(0, 4), min_size=2, max_size=12)


def as_clusters(labels: list[int]) -> list[frozenset[int]]:
    return [frozenset(at for at, label in enumerate(labels) if label == one) for one in sorted(set(labels))]


def test_graph_counts_links_and_a_beginning_is_a_link_to_itself() -> None:
    gold = {10: {10}, 11: {10}, 12: {10, 11}, 13: {13}}
    found = {10: {10}, 11: {10}, 12: {11}, 13: {12}}
    measured = graph_score([gold], [found])
    assert measured.precision == pytest.approx(75.0)
    assert measured.recall == pytest.approx(60.0)
    assert measured.f == pytest.approx(2 * 75 * 60 / 135)


def test_lines_before_the_annotation_join_but_are_not_counted() -> None:
    parents = {1000: {990}, 1001: {990}, 1002: {995}, 1003: {1003}}
    assert set(clusters(parents)) == {frozenset({1000, 1001}), frozenset({1002}), frozenset({1003})}


def test_exact_match_leaves_lone_lines_out() -> None:
    gold = [as_clusters([0, 0, 1, 1, 2, 3])]
    found = [as_clusters([0, 0, 1, 4, 4, 3])]
    measured = exact_match(gold, found)
    assert (measured.precision, measured.recall, measured.f) == (50.0, 50.0, 50.0)


def test_nothing_found_is_nought_and_not_an_error() -> None:
    lone = [as_clusters([0, 1, 2])]
    assert exact_match(lone, lone).f == 0.0
    assert graph_score([{}], [{}]).f == 0.0


def test_variation_of_information_is_scaled_by_the_log_of_all_lines() -> None:
    # One conversation taken for four single lines: H(gold | found) = 0, H(found | gold) = 2 bits of at most 2.
    assert variation_of_information([as_clusters([0, 0, 0, 0])], [as_clusters([0, 1, 2, 3])]) == pytest.approx(0.0)
    # Halves against crossed halves: one bit is lost each way.
    assert variation_of_information([as_clusters([0, 0, 1, 1])], [as_clusters([0, 1, 0, 1])]) == pytest.approx(0.0)
    # In two logs of four lines the scale is log2 of eight.
    halves, whole = as_clusters([0, 0, 1, 1]), as_clusters([0, 0, 0, 0])
    assert variation_of_information([halves, whole], [whole, whole]) == pytest.approx(100 * (1 - 0.5 / 3))


def test_one_to_one_pairs_conversations_for_the_greatest_overlap() -> None:
    # The greedy choice (3 with 3) would leave 1; crossing them over gives 2 and 3.
    gold = [as_clusters([0, 0, 0, 0, 0, 1, 1, 1, 1])]
    found = [as_clusters([0, 0, 0, 1, 1, 0, 0, 0, 2])]
    assert one_to_one(gold, found) == pytest.approx(100 * 5 / 9)


@given(partitions, st.randoms(use_true_random=False))
def test_conversation_measures_agree_with_their_definitions(labels: list[int], chance: object) -> None:
    other = [(label * 7 + at) % 5 for at, label in enumerate(labels)]
    gold, found = as_clusters(labels), as_clusters(other)
    total = len(labels)
    h_gold, h_found = (
        -sum(len(part) / total * math.log2(len(part) / total) for part in parts) for parts in (gold, found)
    )
    shared = [len(a & b) / total for a, b in itertools.product(gold, found) if a & b]
    joint = -sum(part * math.log2(part) for part in shared)
    expected = 100 * (1 - (2 * joint - h_gold - h_found) / math.log2(total))
    assert variation_of_information([gold], [found]) == pytest.approx(expected)
    assert variation_of_information([gold], [gold]) == pytest.approx(100)
    assert one_to_one([gold], [gold]) == 100
    assert one_to_one([gold], [found]) == pytest.approx(one_to_one([found], [gold]))


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_best_pairing_is_the_best_of_all(height: int, width: int, seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 7, (height, width))
    narrow = table if height <= width else table.T
    every = itertools.permutations(range(narrow.shape[1]), narrow.shape[0])
    assert best_pairing(table) == max(sum(narrow[row, column] for row, column in enumerate(way)) for way in every)


def test_what_is_all_right_scores_a_hundred() -> None:
    gold = {5: {5}, 6: {5}, 7: {7}, 8: {6, 7}}
    measured = score([gold], [gold])
    assert (measured.graph.f, measured.vi, measured.one_to_one, measured.exact.f) == (100, 100, 100, 100)


def test_annotations_are_read_as_published() -> None:
    assert read_links("997 1001 -\n999 1000 -\n1014 1016 -\n1001 1016 -\n1051 1051 -\n") == {
        1001: {997},
        1000: {999},
        1016: {1001, 1014},
        1051: {1051},
    }


def test_logs_are_read_over_midnight() -> None:
    said = read_messages("[23:59] <anna> hi\n=== ben [~b@h] has joined #x\n[00:01]  * ben waves\n")
    assert [(message.author, message.text) for message in said] == [
        ("anna", "hi"),
        ("ben", "[~b@h] has joined #x"),
        ("ben", "waves"),
    ]
    assert said[2].ts - said[0].ts == 120
