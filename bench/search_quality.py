"""How well search finds: words alone, meaning alone, both fused."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bench.search_corpus import RetrievalSet
from twodesks.insights.models import Insight
from twodesks.kit.actor import Actor
from twodesks.search.engine.fusion import fuse
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_insights import index_insights
from twodesks.search.queries.results import read_question
from twodesks.search.queries.statement import Candidate, find_candidates

Rankings = Mapping[str, list[int]]


@dataclass(frozen=True)
class Score:
    ndcg: float
    mrr: float
    first_five: float


def load(found: RetrievalSet, *, channel_id: int, author_id: int) -> dict[int, int]:
    """The documents as insights without titles, indexed and embedded; gives the document of each insight."""
    Insight.objects.all().update(current_revision=None)
    index_insights(insight_ids=_emptied())
    insights = Insight.objects.bulk_create(
        Insight(channel_id=channel_id, author_id=author_id, body=text, published_at="2026-01-01T00:00:00Z")
        for text in found.documents
    )
    for start in range(0, len(insights), 500):
        index_insights(insight_ids=[insight.pk for insight in insights[start : start + 500]])
    while embed_passages():
        pass
    return {insight.pk: number for number, insight in enumerate(insights)}


def _emptied() -> list[int]:
    gone = list(Insight.objects.values_list("pk", flat=True))
    Insight.objects.all().delete()
    return gone


def rankings(actor: Actor, questions: Sequence[str]) -> list[Rankings]:
    """For each question the sources by words and by meaning, best first, as search fuses them."""
    told: list[Rankings] = []
    for text in questions:
        question = read_question(text)
        candidates = find_candidates(actor, replace(question, misspelt=None), kinds=["insight"]) if question else []
        told.append({name: _sources(candidates, name) for name in ("words", "meaning")})
    return told


def _sources(candidates: Sequence[Candidate], name: str) -> list[int]:
    ranked = sorted((one for one in candidates if name in one.ranks), key=lambda one: one.ranks[name])
    return list(dict.fromkeys(one.source_id for one in ranked))


def fused(ranked: Rankings, *, words: float, meaning: float, offset: float) -> list[int]:
    return list(fuse(ranked, weights={"words": words, "meaning": meaning}, rank_offset=offset))


def score(found: Sequence[Sequence[int]], relevant: Sequence[frozenset[int]]) -> Score:
    ndcg = mrr = first_five = 0.0
    for ranked, right in zip(found, relevant, strict=True):
        gains = [1.0 if source in right else 0.0 for source in ranked[:10]]
        ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))
        ndcg += sum(gain / math.log2(place + 2) for place, gain in enumerate(gains)) / ideal
        mrr += next((1 / (place + 1) for place, gain in enumerate(gains) if gain), 0.0)
        first_five += any(gains[:5])
    count = len(relevant)
    return Score(ndcg / count, mrr / count, first_five / count)
