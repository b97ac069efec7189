"""Build the BM25 index anew where a restart of the database may have left it short."""

import json

from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from twodesks.kit.operation import operation
from twodesks.search.operations.prepare_words_index import BM25_INDEX

_STATE = """
    SELECT pg_postmaster_start_time()::text,
           coalesce((SELECT n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_user_tables
                     WHERE relid = 'search_passage'::regclass), 0),
           obj_description(indexed, 'pg_class')
    FROM (SELECT to_regclass(%s) AS indexed) AS index WHERE indexed IS NOT NULL
"""


@operation("search.refresh_words_index")
def refresh_words_index() -> bool:
    """Rebuild it once after each restart before which passages were written. Returns whether it did.

    pg_textsearch 1.0.0 keeps the number and length of passages in memory, and forgets what came after the index was
    built when the server restarts: common words weigh nothing then. After a crash, passages written since the last
    checkpoint are missing from it, too. Search goes on by meaning, and by what is left, while it is built. The index's
    comment tells when it was built: the start of the server, and the writes that its statistics had counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [BM25_INDEX])
        state = cursor.fetchone()
        if state is None:
            return False
        started, writes, comment = state
        built = json.loads(comment) if comment else {}
        if built.get("started") == started:
            return False
        # A crash sets the count of writes back to nothing, so nothing may be much.
        is_short = not writes or built.get("writes") != writes
        if is_short:
            _rebuild()
        note = json.dumps({"started": started, "writes": writes})
        cursor.execute(SQL("COMMENT ON INDEX {} IS {}").format(Identifier(BM25_INDEX), Literal(note)))
    return is_short


def _rebuild() -> None:
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute(f"REINDEX INDEX {BM25_INDEX}")
            return
        # What an interrupted attempt has left; it would never be used.
        cursor.execute(f"DROP INDEX IF EXISTS {BM25_INDEX}_ccnew")
        cursor.execute(f"REINDEX INDEX CONCURRENTLY {BM25_INDEX}")
