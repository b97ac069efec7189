"""What training and measuring of routing share: examples to learn from, questions to be measured on."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.communities import Asked, Community
from bench.routing_replay import told
from twodesks.language.expertise import Example, example

TRAINED_SHARE = 0.8
# The latest of the training part: enough to learn a dozen weights from, and how things are now.
MOST_EXAMPLES = 3_000
# To answer at all says something; to be accepted says it surely.
ANSWERED_COUNTS = 0.35


def last_trained(community: Community) -> int:
    return int(len(community.questions) * TRAINED_SHARE)


def examples(community: Community, prior: Mapping[str, float], *, every: int = 1) -> list[Example]:
    """From the part before the last fifth."""
    end = last_trained(community)
    start = max(1, end - MOST_EXAMPLES * every)
    found = (
        example(signals, answered(question), prior)
        for _, question, signals, _ in told(
            community, lambda number, _: start <= number < end and (end - number) % every == 0
        )
    )
    return [one for one in found if one is not None]


def answered(question: Asked) -> dict[int, float]:
    counts: dict[int, float] = {}
    for answer in question.answers:
        if answer.author is not None and answer.author != question.asker:
            own = 1.0 if answer is question.accepted else ANSWERED_COUNTS
            counts[answer.author] = max(counts.get(answer.author, 0.0), own)
    return counts


def measured(question: Asked) -> bool:
    """Those with an accepted answer by somebody who is still a member, and not the asker themselves."""
    accepted = question.accepted
    return accepted is not None and accepted.author is not None and accepted.author != question.asker


def accepted_author(question: Asked) -> int:
    if question.accepted is None or question.accepted.author is None:
        raise ValueError("only measured questions have one")
    return question.accepted.author


def mrr_and_hit(ranks: Sequence[int]) -> tuple[float, float]:
    """Mean reciprocal rank and the share with the right member among the first five; 0 is one who was not ranked."""
    if not ranks:
        return 0.0, 0.0
    return float(np.mean([1 / rank if rank else 0.0 for rank in ranks])), float(
        np.mean([0 < rank <= 5 for rank in ranks])
    )
