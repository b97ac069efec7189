"""One process at a time, for longer than a transaction: a lock that ends with its connection, however that ends.

A pooler that hands out connections by the transaction would give the lock to one and take it from another, so there it
is held on a connection of its own to the server itself, `DATABASE_DIRECT_URL`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection


@contextmanager
def session_lock(kind: int, number: int) -> Iterator[bool]:
    """Whether the lock is ours for the block; nobody waits for it. Both numbers are below 2³¹."""
    with _cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, number])
        (is_ours,) = cursor.fetchone()
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, number])


@contextmanager
def _cursor() -> Iterator[Any]:
    if not settings.DATABASE_DIRECT_URL:
        with connection.cursor() as cursor:
            yield cursor
        return
    with psycopg.connect(settings.DATABASE_DIRECT_URL, autocommit=True) as direct, direct.cursor() as cursor:
        yield cursor
