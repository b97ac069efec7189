"""What bench_search measures, once Django is set up."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.db import connection

from bench import search_library, search_quality
from bench.search_corpus import natural_questions, retrieval_sets
from bench.search_speed import Times, measure
from twodesks.channels.operations.create_channel import create_channel
from twodesks.kit.actor import Door, Role, system
from twodesks.people.operations.add_member import add_member
from twodesks.search.engine.fusion import RANK_OFFSET, WEIGHTS
from twodesks.search.operations.prepare_words_index import prepare_words_index
from twodesks.search.queries.engines import engines, forget_engines, question_vector
from twodesks.search.queries.terms import forget_statistics

Tell = Callable[[str], None]


def quality(data: Path, tell: Tell) -> dict[str, Any]:
    """nDCG@10, MRR@10 and a right one among the first five: words alone, meaning alone, both fused."""
    member = add_member(
        actor=system(Door.CLI), name="Bench", email="bench@example.org", role=Role.ADMINISTRATOR, password="x" * 20
    )
    actor = member.as_actor(Door.CLI)
    channel = create_channel(actor=actor, name="Bench")
    told: dict[str, Any] = {}
    for found in retrieval_sets(data):
        document_of = search_quality.load(found, channel_id=channel.pk, author_id=member.pk)
        for name in use_each_engine():
            ranked = search_quality.rankings(actor, found.questions)
            numbered = [
                {way: [document_of[source] for source in sources] for way, sources in each.items()} for each in ranked
            ]
            ways = {
                "words": [each["words"] for each in numbered],
                "meaning": [each["meaning"] for each in numbered],
                "fused": [
                    search_quality.fused(each, words=WEIGHTS["words"], meaning=WEIGHTS["meaning"], offset=RANK_OFFSET)
                    for each in numbered
                ],
            }
            for way, each in ways.items():
                score = search_quality.score(each, found.relevant)
                told[f"{found.name}, {name}, {way}"] = asdict(score)
                tell(
                    f"{found.name:38} {name:8} {way:7}  nDCG@10 {score.ndcg:.3f}  MRR@10 {score.mrr:.3f}"
                    f"  in the first five {score.first_five:.1%}"
                )
    return told


def speed(data: Path, cache: Path, passages: int, *, clients: int, seconds: float, tell: Tell) -> dict[str, Times]:
    """By engine: for a member of 35 of the 40 channels, and for one of only two small ones."""
    actor, narrow = search_library.load(data, cache, passages, tell)
    search_library.build_meaning_index(tell)
    questions = natural_questions(data)
    tell(f"HNSW finds {_recall(questions[:60]):.1%} of the ten nearest")
    told: dict[str, Times] = {}
    for name in use_each_engine():
        for who, asker in (("", actor), (", few channels", narrow)):
            times = measure(asker, questions, clients=clients, seconds=seconds)
            told[name + who] = times
            tell(
                f"{passages:>9,} {name + who:18} p50 {times.p50:6.1f}  p95 {times.p95:6.1f}  p99 {times.p99:6.1f} ms"
                f"  {times.a_second:6.1f} a second, {times.count} questions, {times.hits} hits each"
            )
    return told


def use_each_engine() -> Iterator[str]:
    """Has each index of words in turn, and says which."""
    for name, use_bm25 in (("bm25", True), ("fulltext", False)):
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'")
        prepare_words_index(use_bm25=use_bm25)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        forget_engines()
        forget_statistics()
        yield name


def _recall(questions: list[str]) -> float:
    found = engines()
    nearest = (
        f"SELECT passage_id FROM search_passagevector WHERE model_id = {found.model_id} AND vector IS NOT NULL"
        " ORDER BY vector <#> %s::halfvec(384) LIMIT 10"
    )
    hits = 0
    with connection.cursor() as cursor:
        for text in questions:
            vector = question_vector(found, text)
            cursor.execute("SET enable_indexscan = on; SET hnsw.ef_search = 80")
            cursor.execute(nearest, [vector])
            near = {row[0] for row in cursor.fetchall()}
            cursor.execute("SET enable_indexscan = off")
            cursor.execute(nearest, [vector])
            hits += len(near & {row[0] for row in cursor.fetchall()})
        cursor.execute("RESET enable_indexscan; RESET hnsw.ef_search")
    return hits / (10 * len(questions))
