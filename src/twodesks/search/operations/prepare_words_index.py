"""Have the index of words that this server can have."""

from django.db import connection, transaction

from twodesks.kit.operation import operation

BM25_INDEX = "search_passage_bm25"
LEXEMES_INDEX = "search_passage_lexemes"


@operation("search.prepare_words_index")
def prepare_words_index(*, use_bm25: bool | None = None) -> bool:
    """BM25 where pg_textsearch is loaded, else full text; whichever is not used is dropped. Returns whether it is BM25.

    `use_bm25` insists on one of them. Does nothing when all is as it should be.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_textsearch')")
        wanted = bool(cursor.fetchone()[0]) if use_bm25 is None else use_bm25
        if wanted:
            cursor.execute("SELECT to_regclass(%s) IS NULL, current_schema()", [BM25_INDEX])
            is_missing, schema = cursor.fetchone()
            if is_missing:
                cursor.execute(
                    f"CREATE INDEX {BM25_INDEX} ON search_passage USING bm25 (words) WITH (text_config = %s)",
                    [f"{schema}.twodesks_words"],
                )
            cursor.execute(f"DROP INDEX IF EXISTS {LEXEMES_INDEX}")
        else:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {LEXEMES_INDEX} ON search_passage USING gin (lexemes)")
            cursor.execute(f"DROP INDEX IF EXISTS {BM25_INDEX}")
    return wanted
