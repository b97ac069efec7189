"""Linked questions of a community, each asked again when it was: what was known then of every earlier question."""

import numpy as np

from bench.communities import Community
from twodesks.language.embedding import load_embedder
from twodesks.language.similar import SimilarQuestions, Values

MODES = ("title and body", "title alone")


class Case:
    """A question, the evidence for each earlier one, and the numbers of those that people linked to it."""

    def __init__(self, evidence: dict[str, Values], linked: list[int]) -> None:
        self.evidence, self.linked = evidence, linked


def cases(community: Community) -> dict[str, list[Case]]:
    """By mode; only links to earlier questions, since nobody is shown a question that is not asked yet."""
    linked: dict[int, set[int]] = {}
    numbers = {question.id: number for number, question in enumerate(community.questions)}
    for later, earlier in community.links:
        linked.setdefault(numbers[later], set()).add(numbers[earlier])
    index = SimilarQuestions(load_embedder())
    answers = sorted(
        ((max(answer.at, question.at), question.id, answer.text)
         for question in community.questions for answer in question.answers),
        reverse=True,
    )  # fmt: skip
    found: dict[str, list[Case]] = {mode: [] for mode in MODES}
    for number, question in enumerate(community.questions):
        while answers and answers[-1][0] < question.at:
            _, key, text = answers.pop()
            index.answer(key, text)
        if number in linked:
            for mode, body in zip(MODES, (question.body, ""), strict=True):
                found[mode].append(Case(index.evidence(question.title, body), sorted(linked[number])))
        index.ask(question.id, question.title, question.body)
    return found


def score(cases: list[Case], rankings: list[Values]) -> tuple[float, float]:
    """MRR of the first linked question, and the share of the linked ones among the first five."""
    reciprocal, recall = [], []
    for case, scores in zip(cases, rankings, strict=True):
        places = np.empty(len(scores), dtype=np.int64)
        places[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        ranks = places[case.linked]
        reciprocal.append(1 / int(ranks.min()))
        recall.append(float((ranks <= 5).mean()))
    return float(np.mean(reciprocal)), float(np.mean(recall))
