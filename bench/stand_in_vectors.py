"""Vectors for texts made of a few words by chance: computing each would take an hour and change no page's time.

Each is the mean of the vectors of its words, as the model gives them, with some noise: near one another where the
texts share words, as computed ones are, and no two the same.
"""

from collections.abc import Sequence

import numpy as np
from django.db import connection, transaction

from twodesks.language.embedding import Embedder, Vectors, load_embedder, unit
from twodesks.search.models import EmbeddingModel, PassageVector
from twodesks.search.operations.choose_model import choose_model
from twodesks.search.operations.embed_passages import EMBED_LOCK, configured_model

AT_ONCE = 5_000
NOISE = 0.02


def give_vectors(words: Sequence[str]) -> int:
    """Fill in what waits for its vector, the index of vectors built afterwards. Returns how many there were."""
    embedder = load_embedder()
    with connection.cursor() as cursor:
        # The worker embeds too, unless somebody else says to be doing so.
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", EMBED_LOCK)
        try:
            model = choose_model(name=configured_model(), embedder=embedder)
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [model.index_name])
            made_by = cursor.fetchone()[0]
            cursor.execute(f"DROP INDEX {model.index_name}")
            given = _fill(model, embedder, words)
            cursor.execute(f"SET maintenance_work_mem = '512MB'; {made_by}; ANALYZE search_passagevector")
            return given
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", EMBED_LOCK)


def _fill(model: EmbeddingModel, embedder: Embedder, words: Sequence[str]) -> int:
    known = {word: row for row, word in enumerate(words)}
    of_words = embedder.embed(list(words), kind="passage")
    chance = np.random.default_rng(5)
    given = 0
    while waiting := list(
        PassageVector.objects.filter(model=model, vector=None)
        .order_by("id")
        .values_list("id", "passage__title", "passage__text")[:AT_ONCE]
    ):
        counts = np.zeros((len(waiting), len(words)), dtype=np.float32)
        for row, (_, title, text) in enumerate(waiting):
            for word in f"{title} {text}".lower().replace(".", " ").replace("?", " ").split():
                if word in known:
                    counts[row, known[word]] += 1
        _keep([key for key, *_ in waiting], unit(counts @ of_words + _noise(chance, len(waiting), of_words.shape[1])))
        given += len(waiting)
    return given


def _noise(chance: np.random.Generator, rows: int, columns: int) -> Vectors:
    drawn: Vectors = chance.normal(0, NOISE, (rows, columns)).astype(np.float32)
    return drawn


def _keep(keys: Sequence[int], vectors: Vectors) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_passagevector AS kept SET vector = made.vector::halfvec"
            " FROM unnest(%s::bigint[], %s::text[]) AS made (id, vector) WHERE kept.id = made.id",
            [list(keys), ["[" + ",".join(f"{number:.5g}" for number in row) + "]" for row in vectors.tolist()]],
        )
