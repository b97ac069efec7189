"""What this server searches with: the index of words it has, the embedding model in use."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import connection

from twodesks.language.embedding import Embedder, UnknownEmbeddingModelError, load_embedder
from twodesks.search.models import EmbeddingModel
from twodesks.search.queries.held import Held

# Another process may change the model or the index at any time; nobody minds a few seconds with the former one, whose
# index stays for longer than this.
HOLDS_FOR_S = 5.0
MOST_REMEMBERED_QUESTIONS = 2_000


class WordsEngine(StrEnum):
    BM25 = "bm25"
    FULL_TEXT = "fulltext"


@dataclass(frozen=True, slots=True)
class Engines:
    """`model_id` is None while nothing is embedded, or the active model is not on this machine: words serve alone."""

    words: WordsEngine
    model_id: int | None
    model_name: str
    identifier: str


_vectors: OrderedDict[tuple[str, str], str] = OrderedDict()
_lock = threading.Lock()


def engines() -> Engines:
    """What to search with now; read from the database every few seconds."""
    return _engines()


def forget_engines() -> None:
    """Read them anew at the next search."""
    _engines.forget()


def _read() -> Engines:
    active = (
        EmbeddingModel.objects.filter(retired_at=None, activated_at__isnull=False).order_by("-activated_at").first()
    )
    if active is None:
        return Engines(_words_engine(), None, "", "")
    return Engines(_words_engine(), active.pk, active.name, active.identifier)


def _words_engine() -> WordsEngine:
    wanted = getattr(settings, "SEARCH_WORDS", "auto")
    if wanted != "auto":
        return WordsEngine(wanted)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('search_passage_bm25') IS NOT NULL")
        return WordsEngine.BM25 if cursor.fetchone()[0] else WordsEngine.FULL_TEXT


_engines = Held(_read, lambda _: HOLDS_FOR_S)


def question_vector(found: Engines, text: str) -> str | None:
    """The question's vector as PostgreSQL reads it, or None when there is no model for it.

    Those asked lately are remembered: the palette asks again with every letter, a page with every facet.
    """
    key = (found.identifier, " ".join(text.split()))
    with _lock:
        known = _vectors.get(key)
        if known is not None:
            _vectors.move_to_end(key)
            return known
    embedder = _embedder(found)
    if embedder is None or not key[1]:
        return None
    row = embedder.embed([key[1]], kind="query")[0]
    vector = "[" + ",".join(f"{number:.5g}" for number in row.tolist()) + "]"
    with _lock:
        _vectors[key] = vector
        while len(_vectors) > MOST_REMEMBERED_QUESTIONS:
            _vectors.popitem(last=False)
    return vector


def _embedder(found: Engines) -> Embedder | None:
    if found.model_id is None:
        return None
    try:
        embedder = load_embedder(found.model_name)
    except (UnknownEmbeddingModelError, OSError):
        return None
    return embedder if embedder.model_id == found.identifier else None
