"""The one statement of a search: candidates by words, by meaning and by spelling, kept if the actor sees them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from twodesks.channels.queries import visible_channel_ids
from twodesks.conversations.queries import visible_conversations
from twodesks.courses.queries import visible_courses
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import Prepared, prepared
from twodesks.search.models import Passage
from twodesks.search.queries.reach import passages_within
from twodesks.search.queries.terms import BoundedWords

POOL = 60
SPELLING_POOL = 20
# How far HNSW looks around; docs/search.md has what it costs and finds.
EF_SEARCH = 80
ROWS_RANKED_AT_MOST = 6_000
# So many of an actor's passages are compared one by one: beyond that, walking the index of all meets enough of them.
COMPARED_ONE_BY_ONE = 4_000
USUAL_LENGTH = 36.0

_COLUMNS = (
    "id", "kind", "source_id", "source_key", "part_id", "title", "place", "text",
    "start_ms", "end_ms", "marks", "channel_id", "recording_id",
)  # fmt: skip
_LISTS = ("words", "meaning", "spelling")
# Look far enough around, and go on where what is near is not the actor's to see; a question takes milliseconds, so that
# helpers cost more than they save. Sent with each statement and for it
# alone: behind a pooler, the next may run on another connection, and somebody else's on this one.
_SETTINGS = (
    f"SET LOCAL hnsw.ef_search = {EF_SEARCH}; SET LOCAL hnsw.iterative_scan = relaxed_order;"
    " SET LOCAL pg_trgm.word_similarity_threshold = 0.45; SET LOCAL max_parallel_workers_per_gather = 0; "
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the forms that the indexes read; a part that is None is not searched by.

    `misspelt` is held to titles that are alike, `begun` to titles that have a word beginning so.
    """

    bm25: str | None = None
    bounded: BoundedWords | None = None
    vector: str | None = None
    model_id: int | None = None
    least_likeness: float = -1.0
    misspelt: str | None = None
    begun: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage the actor sees, and its rank in each list that has it. `marks` is JSON: few of them are ever read."""

    id: int
    kind: str
    source_id: int
    source_key: str
    part_id: int | None
    title: str
    place: str
    text: str
    start_ms: int | None
    end_ms: int | None
    marks: str
    channel_id: int | None
    recording_id: int | None
    ranks: dict[str, int]


@dataclass(slots=True)
class _Statement:
    """`sees_little`: whether the actor's passages are few enough to be compared one by one."""

    sees_little: bool
    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, sql: str, *values: Any) -> None:
        self.parts.append(sql)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        return "\n".join(self.parts)


def find_candidates(actor: Actor, question: Question, *, kinds: Sequence[str]) -> list[Candidate]:
    """One round trip. Nothing is returned that the owning apps would not show to the actor."""
    statement = _build(actor, question, kinds)
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS + statement.sql, statement.values)
        while cursor.nextset():
            pass  # the settings answer nothing; the last answer is the statement's
        return [_candidate(row) for row in cursor.fetchall()]


def _candidate(row: Sequence[Any]) -> Candidate:
    columns = dict(zip(_COLUMNS, row, strict=False))
    ranks = zip(_LISTS, row[len(_COLUMNS) :], strict=True)
    return Candidate(**columns, ranks={name: rank for name, rank in ranks if rank is not None})


def _build(actor: Actor, question: Question, kinds: Sequence[str]) -> _Statement | None:
    statement = _Statement(_sees_little(actor))
    _add_reach(statement, actor)
    lists = [
        name
        for name, is_added in (
            ("words", _add_words(statement, actor, question, kinds)),
            ("meaning", _add_meaning(statement, actor, question, kinds)),
            ("spelling", _add_spelling(statement, actor, question, kinds)),
        )
        if is_added
    ]
    if not lists:
        return None
    listed = " UNION ALL ".join(f"SELECT id, rank, '{name}' AS list FROM {name}" for name in lists)
    statement.add(
        f", candidates AS MATERIALIZED (SELECT id, min(rank) FILTER (WHERE list = 'words') AS words,"
        f" min(rank) FILTER (WHERE list = 'meaning') AS meaning, min(rank) FILTER (WHERE list = 'spelling') AS spelling"
        f" FROM ({listed}) AS listed GROUP BY id)"
    )
    columns = ", ".join(f"p.{name}" for name in _COLUMNS)
    statement.add(f"SELECT {columns}, c.words, c.meaning, c.spelling")
    statement.add("FROM candidates AS c JOIN search_passage AS p ON p.id = c.id WHERE")
    _add_visible(statement, actor, kinds)
    statement.add("ORDER BY coalesce(c.words, 1000) + coalesce(c.meaning, 1000), p.id")
    return statement


def _add_reach(statement: _Statement, actor: Actor) -> None:
    statement.add("WITH reach AS MATERIALIZED (SELECT %s::bigint[] AS channels)", visible_channel_ids(actor))


def _add_within_reach(statement: _Statement, actor: Actor, kinds: Sequence[str]) -> None:
    """Narrows the candidates to what the actor can hope to see, so that a member of few channels finds enough there.

    It decides nothing: who sees what is decided by `_add_visible`.
    """
    if statement.sees_little:
        # Said outright, the planner knows how few rows these are.
        statement.add(
            "AND ((p.is_shared AND (p.channel_id IS NULL OR p.channel_id = ANY(%s::bigint[]))) OR p.owner_id = %s)",
            visible_channel_ids(actor),
            actor.member_id,
        )
    elif not actor.is_system:
        statement.add(
            "AND ((p.is_shared AND (p.channel_id IS NULL"
            " OR p.channel_id = ANY((SELECT channels FROM reach)::bigint[]))) OR p.owner_id = %s)",
            actor.member_id,
        )
    if len(kinds) < len(Passage.Kind):
        statement.add("AND p.kind = ANY(%s)", list(kinds))


def _add_words(statement: _Statement, actor: Actor, question: Question, kinds: Sequence[str]) -> bool:
    if question.bm25 is not None:
        statement.add(
            ", words AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY score, id) AS rank FROM ("
            " SELECT p.id, p.words <@> to_bm25query(%s, 'search_passage_bm25') AS score FROM search_passage AS p"
            " WHERE true",
            question.bm25,
        )
        _add_within_reach(statement, actor, kinds)
        statement.add(
            "ORDER BY p.words <@> to_bm25query(%s, 'search_passage_bm25') LIMIT %s) AS best WHERE score < 0)",
            question.bm25,
            POOL,
        )
        return True
    if question.bounded is not None:
        _add_bounded_words(statement, actor, question.bounded, kinds)
        return True
    return False


def _add_bounded_words(statement: _Statement, actor: Actor, words: BoundedWords, kinds: Sequence[str]) -> None:
    worths = [value for term, worth in words.worths for value in (term, worth)]
    # ts_rank of one word saturates with its count much as BM25 does; longer passages count for less.
    score = " + ".join(["ts_rank('{1,1,1,1}', lexemes, %s::tsquery) * %s"] * len(words.worths))
    statement.add(
        ", words AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY score DESC, id) AS rank FROM ("
        f" SELECT id, ({score}) / (0.6 + 0.4 * least(3, length(lexemes) / {USUAL_LENGTH})) AS score FROM ("
        " SELECT p.id, p.lexemes FROM search_passage AS p WHERE p.lexemes @@ %s::tsquery",
        *worths,
        words.choosing,
    )
    _add_within_reach(statement, actor, kinds)
    statement.add("LIMIT %s) AS chosen ORDER BY score DESC LIMIT %s) AS best)", ROWS_RANKED_AT_MOST, POOL)


def _add_meaning(statement: _Statement, actor: Actor, question: Question, kinds: Sequence[str]) -> bool:
    if question.vector is None or question.model_id is None:
        return False
    distance = "v.vector <#> %s::halfvec(384)"
    if statement.sees_little:
        # As a sum it cannot come from the index: for who sees little, that walks past thousands of others' passages.
        distance = f"({distance}) + 0"
    # The model's number is written out, because only then does its own index serve.
    statement.add(
        ", meaning AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY distance, id) AS rank FROM ("
        f" SELECT p.id, {distance} AS distance FROM search_passagevector AS v"
        f" JOIN search_passage AS p ON p.id = v.passage_id WHERE v.model_id = {int(question.model_id)}"
        " AND v.vector IS NOT NULL",
        question.vector,
    )
    _add_within_reach(statement, actor, kinds)
    statement.add(
        f"ORDER BY {distance} LIMIT %s) AS nearest WHERE distance <= %s)",
        question.vector,
        POOL,
        -question.least_likeness,
    )
    return True


def _sees_little(actor: Actor) -> bool:
    if actor.is_system:
        return False
    within = passages_within(visible_channel_ids(actor))
    return within is not None and within <= COMPARED_ONE_BY_ONE


def _add_spelling(statement: _Statement, actor: Actor, question: Question, kinds: Sequence[str]) -> bool:
    if question.misspelt is None:
        return False
    begins = [f"{_literal(question.begun)}%", f"% {_literal(question.begun)}%"] if question.begun else []
    begun = "p.title_folded LIKE %s OR p.title_folded LIKE %s" if begins else "false"
    statement.add(
        ", spelling AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY likeness DESC, id) AS rank FROM ("
        f" SELECT p.id, word_similarity(%s, p.title_folded) + ({begun})::int AS likeness FROM search_passage AS p"
        f" WHERE p.title_folded IS NOT NULL AND (%s <%% p.title_folded OR {begun})",
        question.misspelt,
        *begins,
        question.misspelt,
        *begins,
    )
    _add_within_reach(statement, actor, kinds)
    statement.add("ORDER BY likeness DESC, p.id LIMIT %s) AS alike)", SPELLING_POOL)
    return True


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _add_visible(statement: _Statement, actor: Actor, kinds: Sequence[str]) -> None:
    """Each owning app's own rule, row by row. A kind without a rule here is not shown at all."""
    statement.add("(false")
    for kind, sources in OWNERS.items():
        if kind in kinds:
            sql, values = _compiled(sources, actor, "source_id")
            statement.add(f"OR (p.kind = '{kind}' AND EXISTS ({sql}))", *values)
    statement.add(")")
    for column, kind in (("recording_id", Passage.Kind.RECORDING), ("within_insight_id", Passage.Kind.INSIGHT)):
        sql, values = _compiled(OWNERS[kind], actor, column)
        statement.add(f"AND (p.{column} IS NULL OR EXISTS ({sql}))", *values)


def _of(visible: Callable[[Actor], QuerySet[Any]]) -> Prepared[Any, Any]:
    """The owning app's rule for the row that a column of a passage names."""

    def build(actor: Actor, column: str) -> QuerySet[Any, Any]:
        return visible(actor).filter(pk=RawSQL(f"p.{column}", [])).order_by().values_list("pk")

    return prepared(build)


OWNERS: dict[str, Prepared[Any, Any]] = {
    Passage.Kind.INSIGHT: _of(visible_insights),
    Passage.Kind.RECORDING: _of(visible_recordings),
    Passage.Kind.COURSE: _of(visible_courses),
    Passage.Kind.CONVERSATION: _of(visible_conversations),
}


def _compiled(sources: Prepared[Any, Any], actor: Actor, column: str) -> tuple[str, Sequence[Any]]:
    return sources.sql(actor, column=column) or ("SELECT 0::bigint WHERE false", ())
