"""A workspace of any size for measuring the speed of search: made by the same rules each time, loaded by COPY."""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from django.db import connection

from bench.search_corpus import made_passages, seed_passages
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.kit.actor import Actor, Door, Role, system
from twodesks.language.embedding import Embedder, Vectors, load_embedder
from twodesks.people.models import Member
from twodesks.people.operations.add_member import add_member
from twodesks.search.engine.words import indexed_words
from twodesks.search.models import EmbeddingModel
from twodesks.search.operations.choose_model import choose_model

CHANNELS = 40
OF_MEMBER = 35
OF_NARROW = 2
PASSAGES_AN_INSIGHT = 4
NOISES = 2_048
START = datetime(2024, 1, 1, tzinfo=UTC)

Tell = Callable[[str], None]


def load(data: Path, cache: Path, passages: int, tell: Tell) -> tuple[Actor, Actor]:
    """Fill an empty, migrated database. Returns a member of 35 of the 40 channels and one of only two small ones."""
    member, narrow, channels = _people_and_channels()
    seeds = seed_passages(data)
    embedder = load_embedder("minilm")
    vectors = _seed_vectors(seeds, embedder, cache, tell)
    _drop_indexes()
    started = time.monotonic()
    _copy_insights(channels, member.require_member(), passages)
    _copy_passages(seeds, channels, member.require_member(), passages)
    tell(f"{passages:,} passages copied in {time.monotonic() - started:.0f} s")
    model = choose_model(name="minilm", embedder=embedder)
    started = time.monotonic()
    _make_vectors(model, seeds, vectors, embedder, passages)
    tell(f"vectors made in {time.monotonic() - started:.0f} s")
    return member, narrow


def build_meaning_index(tell: Tell) -> None:
    """HNSW over all vectors at once, which is how a restored backup gets it too."""
    model = EmbeddingModel.objects.get(retired_at=None)
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '3GB'; SET max_parallel_maintenance_workers = 1")
        cursor.execute(
            f"CREATE INDEX {model.index_name} ON search_passagevector USING hnsw (vector halfvec_ip_ops)"
            f" WITH (m = 16, ef_construction = 64) WHERE model_id = {model.pk}"
        )
        cursor.execute("RESET maintenance_work_mem; RESET max_parallel_maintenance_workers")
    tell(f"HNSW built in {time.monotonic() - started:.0f} s")


def _people_and_channels() -> tuple[Actor, Actor, list[int]]:
    def member(name: str, role: Role) -> Member:
        return add_member(
            actor=system(Door.CLI), name=name, email=f"{name.lower()}@example.org", role=role, password="x" * 20
        )

    maker, asker, narrow = member("Maker", Role.ADMINISTRATOR), member("Asker", Role.MEMBER), member("Few", Role.MEMBER)
    actor = maker.as_actor(Door.CLI)
    channels = [
        create_channel(actor=actor, name=f"Channel {number}", visibility="private").pk for number in range(CHANNELS)
    ]
    for some, who in ((channels[:OF_MEMBER], asker), (channels[-OF_NARROW:], narrow)):
        for channel_id in some:
            add_channel_member(actor=actor, channel_id=channel_id, member_id=who.pk)
    return asker.as_actor(Door.CLI), narrow.as_actor(Door.CLI), channels


def _seed_vectors(seeds: Sequence[str], embedder: Embedder, cache: Path, tell: Tell) -> Vectors:
    path = cache / f"seeds-{embedder.model_id}-{len(seeds)}.npy"
    if path.exists():
        kept: Vectors = np.load(path)
        return kept
    tell(f"embedding {len(seeds):,} real passages, once …")
    vectors = embedder.embed(seeds, kind="passage")
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, vectors)
    return vectors


def _drop_indexes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS search_passage_bm25; DROP INDEX IF EXISTS search_passage_lexemes")


def _channel_of(insight: int, channels: Sequence[int]) -> int:
    # A few channels hold most: the square of an even draw.
    return channels[int(random.Random(insight).random() ** 2 * len(channels))]


def _copy_insights(channels: Sequence[int], author_id: int, passages: int) -> None:
    columns = (
        "id", "title", "slug", "body", "topics", "helped_count", "created_at", "published_at", "changed_at",
        "author_id", "channel_id",
    )  # fmt: skip
    rows: Iterator[tuple[Any, ...]] = (
        (number, f"Insight {number}", "", "", [], 0, at, at, at, author_id, _channel_of(number, channels))
        for number in range(1, passages // PASSAGES_AN_INSIGHT + 2)
        for at in (START + timedelta(minutes=number),)
    )
    _copy("insights_insight", columns, rows)


def _copy_passages(seeds: Sequence[str], channels: Sequence[int], author_id: int, passages: int) -> None:
    columns = (
        "id", "kind", "source_id", "source_key", "position", "title", "place", "text", "context", "words",
        "title_folded", "digest", "marks", "is_shared", "channel_id", "owner_id", "indexed_at",
    )  # fmt: skip

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, (text, _) in enumerate(made_passages(seeds, passages)):
            insight, position = divmod(number, PASSAGES_AN_INSIGHT)
            title = " ".join(text.split()[:6])
            channel = _channel_of(insight + 1, channels)
            folded = title.lower()[:400] if position == 0 else None
            yield (
                number + 1, "insight", insight + 1, str(insight + 1), position, title, f"¶ {position + 1}", text, "",
                indexed_words(text), folded, "", "[]", True, channel, author_id, START,
            )  # fmt: skip

    _copy("search_passage", columns, rows())


def _copy(table: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    names = ", ".join(columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _make_vectors(
    model: EmbeddingModel, seeds: Sequence[str], vectors: Vectors, embedder: Embedder, passages: int
) -> None:
    """The vector of the real passage with noise, as far from it as the exchanged words really bring it: measured."""
    origins = [origin for _, origin in made_passages(seeds, passages)]
    share = _likeness(seeds, vectors, embedder)
    noise = np.random.default_rng(5).normal(size=(NOISES, model.dimension)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {model.index_name}; TRUNCATE search_passagevector")
        for table, rows in (("bench_seed", vectors * share), ("bench_noise", noise * np.sqrt((1 - share**2) / 2))):
            cursor.execute(f"CREATE TEMPORARY TABLE {table} (id int PRIMARY KEY, vector halfvec(384))")
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for number, row in enumerate(rows.tolist()):
                    copy.write_row((number, str(row)))
        cursor.execute("CREATE TEMPORARY TABLE bench_origin (id bigint, seed int)")
        with cursor.copy("COPY bench_origin FROM STDIN") as copy:
            for row in zip(itertools.count(1), origins):
                copy.write_row(row)
        cursor.execute(
            "INSERT INTO search_passagevector (passage_id, model_id, vector)"
            " SELECT o.id, %s, l2_normalize(s.vector + a.vector + b.vector) FROM bench_origin AS o"
            " JOIN bench_seed AS s ON s.id = o.seed JOIN bench_noise AS a ON a.id = o.id %% %s"
            " JOIN bench_noise AS b ON b.id = (o.id / %s) * 7 %% %s ORDER BY o.id",
            [model.pk, NOISES, NOISES, NOISES],
        )


def _likeness(seeds: Sequence[str], vectors: Vectors, embedder: Embedder) -> float:
    some = list(made_passages(seeds, 200, seed=2))
    made = embedder.embed([text for text, _ in some], kind="passage")
    return float(np.mean(np.sum(made * vectors[[origin for _, origin in some]], axis=1)))
