"""Words for the full text of PostgreSQL, bounded to those that choose few passages.

Full text has no way to stop at the best: it ranks every row that matches, and a natural question joined by OR matches
most of a large corpus. So rows are chosen by the rarest words alone, as many as a budget of rows allows, and then
ranked by all of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from twodesks.search.queries.held import Held

HOLDS_FOR_S = 600.0
# A new corpus has no statistics yet, or changes them quickly.
HOLDS_WHEN_SMALL_S = 5.0
SMALL = 5_000
# Rows ranked for one question; each costs a few microseconds.
BUDGET = 3_000
MOST_TERMS = 12


@dataclass(frozen=True, slots=True)
class Statistics:
    """How many passages there are, and which part of them has each of the commoner words."""

    passages: float
    parts: dict[str, float]
    rarest_part: float

    def rows(self, lexeme: str) -> float:
        return self.passages * self.parts.get(lexeme, self.rarest_part)

    def worth(self, lexeme: str) -> float:
        """Inverse document frequency, as in BM25."""
        rows = min(self.rows(lexeme), self.passages)
        return math.log(1 + (self.passages - rows + 0.5) / (rows + 0.5))


@dataclass(frozen=True, slots=True)
class BoundedWords:
    """`choosing` finds the rows, `worths` rank them: tsquery texts."""

    choosing: str
    worths: tuple[tuple[str, float], ...]


_lexemes: dict[str, str] = {}


def bounded_words(words: Sequence[str]) -> BoundedWords | None:
    """None when no word is left once stop words are gone."""
    statistics = _statistics()
    lexemes = sorted(set(_lexemes_of(words)), key=lambda lexeme: (statistics.rows(lexeme), lexeme))[:MOST_TERMS]
    if not lexemes:
        return None
    chosen = _within_budget(lexemes, statistics)
    return BoundedWords(
        choosing=" | ".join(map(_quoted, chosen)) if chosen else _together(lexemes, statistics),
        worths=tuple((_quoted(lexeme), round(statistics.worth(lexeme), 4)) for lexeme in lexemes),
    )


def _within_budget(lexemes: Sequence[str], statistics: Statistics) -> list[str]:
    chosen: list[str] = []
    rows = 0.0
    for lexeme in lexemes:
        rows += statistics.rows(lexeme)
        if rows > BUDGET:
            break
        chosen.append(lexeme)
    return chosen


def _together(lexemes: Sequence[str], statistics: Statistics) -> str:
    """Even the rarest word is common: passages that have it with one of the others."""
    rarest, others = lexemes[0], lexemes[1:]
    if not others:
        return _quoted(rarest)
    joined: list[str] = []
    rows = 0.0
    for lexeme in others:
        rows += statistics.rows(rarest) * statistics.rows(lexeme) / max(1.0, statistics.passages)
        if joined and rows > BUDGET:
            break
        joined.append(lexeme)
    return f"{_quoted(rarest)} & ({' | '.join(map(_quoted, joined))})"


def _quoted(lexeme: str) -> str:
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _lexemes_of(words: Sequence[str]) -> list[str]:
    unknown = [word for word in words if word not in _lexemes]
    if unknown:
        if len(_lexemes) > 50_000:
            _lexemes.clear()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT word, coalesce((SELECT lexeme FROM unnest(to_tsvector('twodesks_words', word)) LIMIT 1), '')"
                " FROM unnest(%s::text[]) AS word",
                [unknown],
            )
            _lexemes.update(cursor.fetchall())
    return [_lexemes[word] for word in words if _lexemes.get(word)]


def _read_statistics() -> Statistics:
    """What ANALYZE keeps of the column: the commonest lexemes and the part of rows that has each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 1) FROM pg_class WHERE oid = 'search_passage'::regclass")
        passages = float(cursor.fetchone()[0])
        cursor.execute(
            "SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats"
            " WHERE schemaname = current_schema() AND tablename = 'search_passage' AND attname = 'lexemes'"
        )
        row = cursor.fetchone()
    if row is None or not row[0]:
        return Statistics(passages, {}, min(1.0, 20 / passages))
    lexemes, parts = row
    # The last three numbers are the least part, the greatest, and that of NULLs.
    return Statistics(passages, dict(zip(lexemes, parts, strict=False)), min(parts[-3] / 2, 1.0))


def _holds_for_s(found: Statistics) -> float:
    return HOLDS_WHEN_SMALL_S if found.passages < SMALL else HOLDS_FOR_S


_statistics = Held(_read_statistics, _holds_for_s)


def forget_statistics() -> None:
    """Read them anew at the next search."""
    _statistics.forget()
