"""Give passages their vectors, in batches, behind the scenes."""

import os
import time

from django.db import connection, transaction

from twodesks.activity.queue import defer_job
from twodesks.kit.operation import operation
from twodesks.language.embedding import DEFAULT_MODEL, Embedder, UnknownEmbeddingModelError, load_embedder
from twodesks.rows.session_lock import session_lock
from twodesks.search.models import EmbeddingModel, PassageVector
from twodesks.search.operations.choose_model import activate_model, choose_model
from twodesks.search.operations.replace_passages import EMBED_JOB

BATCH = 128
EMBED_LOCK = (7_240_412, 0)


def configured_model() -> str:
    return os.environ.get("TWODESKS_EMBEDDING_MODEL") or DEFAULT_MODEL


@operation("search.embed_passages")
def embed_passages(*, seconds: float = 45.0) -> int:
    """Embed what waits, for about so long, and defer itself if there is more. Returns how many vectors were made.

    Safe to run twice or be killed: what is done is done, what is not still waits. While a new model is being filled,
    what is newly written gets the old model's vectors as well, so search misses nothing meanwhile.
    """
    # One process at a time embeds; another finds its work done.
    with session_lock(*EMBED_LOCK) as is_alone:
        return _embed(seconds) if is_alone else 0


def _embed(seconds: float) -> int:
    name = configured_model()
    chosen = choose_model(name=name, embedder=load_embedder(name))
    deadline = time.monotonic() + seconds
    made = 0
    for model in EmbeddingModel.objects.filter(retired_at=None).order_by("activated_at"):
        embedder = _embedder_of(model)
        while embedder is not None and time.monotonic() < deadline:
            count = _embed_batch(model, embedder)
            made += count
            if count == 0:
                break
    activate_model(model=chosen)
    if PassageVector.objects.filter(vector=None, model__retired_at=None, model=chosen).exists():
        defer_job(EMBED_JOB, once=EMBED_JOB, lock=EMBED_JOB)
    return made


def _embedder_of(model: EmbeddingModel) -> Embedder | None:
    """None when the model is not on this machine any more; its successor is being filled then."""
    try:
        embedder = load_embedder(model.name)
    except (UnknownEmbeddingModelError, OSError):
        return None
    return embedder if embedder.model_id == model.identifier else None


def _embed_batch(model: EmbeddingModel, embedder: Embedder) -> int:
    waiting = list(
        PassageVector.objects.filter(model=model, vector=None)
        .order_by("id")
        .values_list("id", "passage__title", "passage__context", "passage__text")[:BATCH]
    )
    if not waiting:
        return 0
    texts = ["\n".join(part for part in parts if part) for _, *parts in waiting]
    # Outside a transaction, so that nobody who edits one of these waits for the model.
    vectors = embedder.embed(texts, kind="passage")
    rows = [
        (vector_id, "[" + ",".join(f"{number:.6g}" for number in vector) + "]")
        for (vector_id, *_), vector in zip(waiting, vectors.tolist(), strict=True)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE search_passagevector AS kept SET vector = made.vector::halfvec"
            " FROM unnest(%s::bigint[], %s::text[]) AS made (id, vector)"
            " WHERE kept.id = made.id AND kept.vector IS NULL",
            [[row[0] for row in rows], [row[1] for row in rows]],
        )
    return len(rows)
