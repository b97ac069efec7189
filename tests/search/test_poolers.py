"""Behind a pooler that hands out connections by the transaction: nothing is left on one that the next relies on."""

import psycopg
import pytest
from django.conf import LazySettings
from django.db import connection

from tests.search.conftest import Shelf
from twodesks.project.front import listening_address
from twodesks.rows.session_lock import session_lock
from twodesks.search.operations.embed_passages import EMBED_LOCK, embed_passages

pytestmark = pytest.mark.django_db(transaction=True)
SETTINGS = ("hnsw.ef_search", "hnsw.iterative_scan", "pg_trgm.word_similarity_threshold")


def told(sql: str, *values: str | int) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def settings_now() -> list[tuple[object, ...]]:
    return [told("SELECT current_setting(%s, true)", name)[0] for name in SETTINGS]


def test_search_leaves_no_settings_behind(shelf: Shelf) -> None:
    shelf.insight("Descale the coffee machine", "Fill in citric acid and let it run through twice.")
    embed_passages()
    told(
        "SELECT '[1]'::vector <-> '[1]', word_similarity('a', 'a')"
    )  # their libraries are loaded, and say the defaults
    before = settings_now()
    assert before[0] == ("40",)
    assert shelf.titles(shelf.cast.alice, "descale") == ["Descale the coffee machine"]
    assert shelf.titles(shelf.cast.alice, "descael") == ["Descale the coffee machine"], "by spelling"
    assert settings_now() == before


def test_lock_is_held_where_no_pooler_stands_between(settings: LazySettings, shelf: Shelf) -> None:
    settings.DATABASE_DIRECT_URL = listening_address()
    held = "SELECT pid = pg_backend_pid() FROM pg_locks WHERE locktype = 'advisory' AND classid = %s"
    with session_lock(*EMBED_LOCK) as is_ours:
        assert is_ours
        assert told(held, EMBED_LOCK[0]) == [(False,)], "on a connection of its own"
        with session_lock(*EMBED_LOCK) as too:
            assert not too
        shelf.insight("Descale the coffee machine", "Fill in citric acid.")
        assert embed_passages() == 0
    assert told(held, EMBED_LOCK[0]) == []
    assert embed_passages() > 0


def test_lock_goes_with_what_fails_under_it() -> None:
    with pytest.raises(ValueError, match="failed"), session_lock(7, 8):
        raise ValueError("failed")
    with psycopg.connect(listening_address()) as other:
        assert other.execute("SELECT pg_try_advisory_lock(7, 8)").fetchone() == (True,)
