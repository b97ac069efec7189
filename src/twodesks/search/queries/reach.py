"""About how many passages are in some channels, as PostgreSQL's own statistics have it: no row is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from twodesks.search.queries.held import Held

HOLDS_FOR_S = 60.0


@dataclass(frozen=True, slots=True)
class _Spread:
    """`parts`: which part of all passages each of the fuller channels has; `other_part`: that of any other."""

    passages: float
    parts: dict[int, float]
    other_part: float
    nowhere_part: float


def passages_within(channels: Sequence[int]) -> float | None:
    """An estimate, those of no channel among them; None before the table was first analysed."""
    spread = _spread()
    if spread is None:
        return None
    part = sum(spread.parts.get(channel, spread.other_part) for channel in set(channels))
    return spread.passages * min(1.0, part + spread.nowhere_part)


def _read() -> _Spread | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(c.reltuples, 0), s.null_frac, s.n_distinct,"
            " s.most_common_vals::text::bigint[], s.most_common_freqs"
            " FROM pg_class AS c JOIN pg_stats AS s ON s.tablename = c.relname"
            " WHERE c.oid = 'search_passage'::regclass AND s.schemaname = current_schema() AND s.attname = 'channel_id'"
        )
        row = cursor.fetchone()
    if row is None:
        return None
    passages, nowhere, distinct, channels, parts = row
    known = dict(zip(channels or (), parts or (), strict=True))
    # A negative number of distinct values is a share of all rows.
    number = distinct if distinct >= 0 else -distinct * passages
    others = max(1.0, number - len(known))
    return _Spread(passages, known, max(0.0, 1 - nowhere - sum(known.values())) / others, nowhere)


_spread = Held(_read, lambda _: HOLDS_FOR_S)


def forget_spread() -> None:
    """Read it anew at the next search."""
    _spread.forget()
