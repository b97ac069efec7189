"""Another embedding model: it is filled behind the scenes, takes over, and the one before it goes a little later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, OuterRef, Subquery

from tests.search.conftest import Shelf
from twodesks.kit.problem import Unavailable
from twodesks.language.embedding import Embedder, load_embedder
from twodesks.search.models import DIMENSION, EmbeddingModel, PassageVector
from twodesks.search.operations.choose_model import activate_model, choose_model, remove_retired_models
from twodesks.search.operations.embed_passages import embed_passages

# An index is made where nothing else of the transaction waits.
pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Successor:
    """The shipped model under another name, as a later one would be."""

    shipped: Embedder
    model_id: str = "a-later-one"
    dimension: int = DIMENSION

    def embed(self, texts: Sequence[str], **how: Any) -> Any:
        return self.shipped.embed(texts, **how)


def has_index(model: EmbeddingModel) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [model.index_name])
        return bool(cursor.fetchone()[0])


def fill(model: EmbeddingModel, before: EmbeddingModel) -> None:
    same = PassageVector.objects.filter(model=before, passage=OuterRef("passage"))
    PassageVector.objects.filter(model=model).update(vector=Subquery(same.values("vector")[:1]))


def test_model_that_gave_way_can_still_be_asked_for_a_minute(shelf: Shelf) -> None:
    shelf.insight("Descale the coffee machine", "Fill in citric acid and let it run through twice.")
    embed_passages()
    before = EmbeddingModel.objects.get()
    later = choose_model(name="later", embedder=Successor(load_embedder()))
    assert activate_model(model=later) is False, "not before every passage has its vector"
    fill(later, before)
    assert activate_model(model=later) is True
    assert remove_retired_models() == 0
    assert has_index(before), "other processes ask it until they have looked again"
    EmbeddingModel.objects.filter(pk=before.pk).update(retired_at=F("retired_at") - timedelta(minutes=1))
    assert remove_retired_models() == 1
    assert not has_index(before)
    assert has_index(later)
    assert list(EmbeddingModel.objects.all()) == [later]


def test_model_of_another_dimension_is_refused(shelf: Shelf) -> None:
    with pytest.raises(Unavailable, match=f"makes {2 * DIMENSION} numbers a text"):
        choose_model(name="large", embedder=Successor(load_embedder(), dimension=2 * DIMENSION))
    assert not EmbeddingModel.objects.exists()
