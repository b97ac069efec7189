"""The index of words is built anew after a restart that may have left it short."""

import json

import pytest
from django.db import connection

from tests.search.conftest import Shelf
from twodesks.search.operations.prepare_words_index import BM25_INDEX, prepare_words_index
from twodesks.search.operations.refresh_words_index import refresh_words_index

pytestmark = pytest.mark.django_db


@pytest.fixture
def bm25(db: None) -> None:
    if not prepare_words_index():
        pytest.skip("this server has no pg_textsearch")


def note() -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(%s::regclass, 'pg_class')", [BM25_INDEX])
        content: dict[str, object] = json.loads(cursor.fetchone()[0])
        return content


def built(started: object, writes: object) -> None:
    """As if it had been built when the server was started then and had counted so many writes."""
    with connection.cursor() as cursor:
        cursor.execute(f"""COMMENT ON INDEX {BM25_INDEX} IS '{json.dumps({"started": started, "writes": writes})}'""")


def node() -> int:
    """The file of the index, which is another one once it was built anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s)", [BM25_INDEX])
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("bm25")
def test_index_is_built_anew_once_after_a_restart(shelf: Shelf) -> None:
    before = node()
    assert refresh_words_index()
    assert node() != before
    assert not refresh_words_index()
    built("2001-01-01", -1)
    assert refresh_words_index()
    assert note()["started"] != "2001-01-01"


@pytest.mark.usefixtures("bm25")
def test_restart_after_which_nothing_is_missing_leaves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    refresh_words_index()
    state = "SELECT '2002-02-02', {writes}::bigint, obj_description(to_regclass(%s), 'pg_class')"
    for writes, before, is_short in ((7, 7, False), (8, 7, True), (0, 0, True)):
        built("2001-01-01", before)
        monkeypatch.setattr("twodesks.search.operations.refresh_words_index._STATE", state.format(writes=writes))
        assert refresh_words_index() is is_short
        assert note() == {"started": "2002-02-02", "writes": writes}


def test_server_without_bm25_has_nothing_to_build(db: None) -> None:
    prepare_words_index(use_bm25=False)
    assert not refresh_words_index()
