"""Take the configured embedding model into use, and let the one before it go."""

from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from twodesks.kit.operation import operation
from twodesks.kit.problem import Unavailable
from twodesks.language.embedding import Embedder
from twodesks.search.models import DIMENSION, EmbeddingModel, PassageVector
from twodesks.search.operations.replace_passages import MODELS_LOCK

_MAKE_INDEX = (
    "CREATE INDEX IF NOT EXISTS {name} ON search_passagevector USING hnsw (vector halfvec_ip_ops)"
    " WITH (m = 16, ef_construction = 64) WHERE model_id = {model}"
)
STILL_ASKED_FOR = timedelta(minutes=1)
# Ids of one statement. Deleting a million vectors at once would hold its locks, and its WAL, for minutes.
STRIDE = 20_000


@operation("search.choose_model")
def choose_model(*, name: str, embedder: Embedder) -> EmbeddingModel:
    """The row of this model, made if it is new; every passage then waits for its vector of it.

    The first model ever is active at once. Raises `Unavailable` for a model of another dimension.
    """
    if embedder.dimension != DIMENSION:
        raise Unavailable(
            f"The embedding model {embedder.model_id} makes {embedder.dimension} numbers a text; search holds "
            f"{DIMENSION}. Nothing was changed. Name another model in TWODESKS_EMBEDDING_MODEL."
        )
    known = _live_model(embedder)
    if known is None:
        with transaction.atomic():
            # Those who add passages hold this lock shared: none of theirs is missed.
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_xact_lock({MODELS_LOCK})")
            known = _live_model(embedder) or _add(name, embedder)
    if known.name != name:
        EmbeddingModel.objects.filter(pk=known.pk).update(name=name)
        known.name = name
    return known


@operation("search.activate_model")
def activate_model(*, model: EmbeddingModel) -> bool:
    """Embed questions with this model from now on, if every passage has its vector of it; the others retire."""
    with transaction.atomic():
        if model.activated_at is not None or PassageVector.objects.filter(model=model, vector=None).exists():
            return False
        now = timezone.now()
        EmbeddingModel.objects.filter(retired_at=None).exclude(pk=model.pk).update(retired_at=now)
        EmbeddingModel.objects.filter(pk=model.pk).update(activated_at=now)
    return True


@operation("search.remove_retired_models")
def remove_retired_models() -> int:
    """Drop the vectors and the index of models that nobody asks any more. Returns how many models went.

    Not at once: whoever searches goes on with the model they know for a few seconds (`queries.engines`).
    """
    retired = list(EmbeddingModel.objects.filter(retired_at__lt=timezone.now() - STILL_ASKED_FOR))
    for model in retired:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {model.index_name}")
        while _delete_some(model.pk):
            pass
        model.delete()
    return len(retired)


def _live_model(embedder: Embedder) -> EmbeddingModel | None:
    return EmbeddingModel.objects.filter(identifier=embedder.model_id, retired_at=None).first()


def _add(name: str, embedder: Embedder) -> EmbeddingModel:
    is_first = not EmbeddingModel.objects.filter(retired_at=None).exists()
    model = EmbeddingModel.objects.create(
        name=name,
        identifier=embedder.model_id,
        dimension=embedder.dimension,
        activated_at=timezone.now() if is_first else None,
    )
    with connection.cursor() as cursor:
        # The index first: it is made of nothing, and grows with each vector.
        cursor.execute(_MAKE_INDEX.format(name=model.index_name, model=int(model.pk)))
        cursor.execute(
            "INSERT INTO search_passagevector (passage_id, model_id) SELECT id, %s FROM search_passage"
            " ON CONFLICT DO NOTHING",
            [model.pk],
        )
    return model


def _delete_some(model_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM search_passagevector WHERE id IN"
            " (SELECT id FROM search_passagevector WHERE model_id = %s LIMIT %s)",
            [model_id, STRIDE],
        )
        return int(cursor.rowcount)
