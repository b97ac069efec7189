"""Reads whose SQL is made once, and planned once.

Django writes the SQL of a queryset anew each time, and for a page that asks a dozen short questions this takes two
thirds of its processor time. `@prepared` keeps what the compiler made and only puts other values into it:

    @prepared
    def _thanks(actor: Actor, receiver_id: int) -> QuerySet[Thanks]:
        return Thanks.objects.filter(receiver_id=receiver_id, insight__in=visible_insights(actor))[:4]

    rows = _thanks(actor, receiver_id=7)          # a list of Thanks

The function sees placeholders: an actor of the same role, and for each int, list, moment and `Text` something that
stands for it. It must build the same queryset whatever they are, so it may not look at them; what is anything else (a
word, None, True) is part of what is prepared. A moment (`timezone.now()`) would be kept for ever, so it is refused:
give it as an argument.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable, ValuesIterable, get_related_populators
from django.db.models.sql.compiler import SQLCompiler
from psycopg.sql import Literal

from twodesks.kit.actor import Actor
from twodesks.rows.lookups import AnyOf

# The lookup `any_of` is known once this module is.
__all__ = ["AnyOf", "Prepared", "Text", "allow_scope", "prepared"]

P = ParamSpec("P")
R = TypeVar("R")

# No row has such a number, and each is told from the next.
_FIRST_PLACEHOLDER = 8_999_000_000_000_000_000
_MEMBER = _FIRST_PLACEHOLDER
_SCOPES = _FIRST_PLACEHOLDER + 1
_MOMENT = datetime(9000, 1, 1)  # noqa: DTZ001 - made aware of its zone below
_ARGUMENTS = _FIRST_PLACEHOLDER + 1000
MOST_HELD = 100


class Text(str):
    """Words that differ from call to call: an address, a key."""

    __slots__ = ()


_scopes: dict[str, Callable[[Actor], list[int]]] = {}


def allow_scope(name: str, ids: Callable[[Actor], list[int]]) -> None:
    """Let a policy keep a list of ids in `actor.memo[name]` that prepared reads put into their SQL as one array."""
    _scopes[name] = ids


@dataclass(frozen=True, slots=True)
class _Statement:
    """`values`: those parameters that differ, as they were compiled; `names`: what takes the place of each."""

    sql: str
    values: tuple[Any, ...]
    names: tuple[str, ...]
    read: Callable[[Iterable[Sequence[Any]]], list[Any]]
    prefetch: Sequence[Any]


class Prepared(Generic[P, R]):
    def __init__(self, build: Callable[Concatenate[Actor, P], QuerySet[Any, R]]) -> None:
        self._build = build
        # Compilers hold a connection, and connections belong to threads.
        self._held = threading.local()
        update_wrapper(self, build)

    def __call__(self, actor: Actor, *args: P.args, **given: P.kwargs) -> list[R]:
        """The rows. `args` are not taken: name every argument."""
        if args:
            raise TypeError("name the arguments of a prepared read")
        statement, numbers = self._statement(actor, given)
        return [] if statement is None else _rows(statement, actor, numbers)

    def sql(self, actor: Actor, **given: Any) -> tuple[str, list[Any]] | None:
        """The SQL and its parameters, to stand inside a larger statement; None where nothing can be found."""
        statement, numbers = self._statement(actor, given)
        return None if statement is None else (statement.sql, _parameters(statement, actor, numbers))

    def _statement(self, actor: Actor, given: Mapping[str, Any]) -> tuple[_Statement | None, Mapping[str, Any]]:
        numbers = {name: value for name, value in given.items() if _varies(value)}
        rest = {name: value for name, value in given.items() if name not in numbers}
        key = (
            actor.role, actor.is_system, actor.member_id is None, tuple(sorted(numbers)), tuple(sorted(rest.items())),
        )  # fmt: skip
        statements: dict[Any, _Statement | None] = self._held.__dict__.setdefault("statements", {})
        if key not in statements:
            if len(statements) > MOST_HELD:
                statements.clear()
            statements[key] = self._prepare(actor, numbers, rest)
        return statements[key], numbers

    def _prepare(self, actor: Actor, numbers: Mapping[str, Any], rest: Mapping[str, Any]) -> _Statement | None:
        stands_for = {name: _placeholder(place, value) for place, (name, value) in enumerate(sorted(numbers.items()))}
        build: Callable[..., Any] = self._build
        queryset = build(_placeholder_actor(actor), **stands_for, **rest)
        compiler = queryset.query.get_compiler("default")
        try:
            # What `execute_sql` does first; it also settles which columns are rows of which model.
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        by_value: dict[object, str] = {_key(value): name for name, value in stands_for.items()}
        by_value |= {_MEMBER: "actor.member"} | {_key(_ids_of(name)): f"scope.{name}" for name in _scopes}
        names = [by_value.get(_key(value)) for value in parameters]
        self._check(sql, [value for value, name in zip(parameters, names, strict=True) if name is None])
        if missing := set(stands_for) - set(names):
            raise RuntimeError(f"{self._build.__name__} does not put {', '.join(missing)} into its SQL as it is")
        kept = [(value, name) for value, name in zip(parameters, names, strict=True) if name is not None]
        return _Statement(
            _written_out(sql, parameters, names),
            tuple(value for value, _ in kept),
            tuple(name for _, name in kept),
            _reader(compiler, queryset),
            queryset._prefetch_related_lookups,
        )

    def _check(self, sql: str, kept: Iterable[object]) -> None:
        """What is kept must hold for every call: no moment, and nothing that only stands for something."""
        if str(_FIRST_PLACEHOLDER)[:10] in sql:
            raise RuntimeError(f"{self._build.__name__} writes an argument into its SQL: use a constant for a limit")
        for value in kept:
            if isinstance(value, date):
                raise RuntimeError(f"{self._build.__name__} would keep the moment {value}: give it as an argument")
            if str(value).startswith(str(_FIRST_PLACEHOLDER)[:10]):
                raise RuntimeError(f"{self._build.__name__} takes a list apart: say `any_of` instead of `in`")


def prepared(build: Callable[Concatenate[Actor, P], QuerySet[Any, R]]) -> Prepared[P, R]:
    """Make the read `build` a prepared one; see above for what it may do."""
    return Prepared(build)


def _varies(value: object) -> bool:
    return isinstance(value, datetime | list | Text) or (isinstance(value, int) and not isinstance(value, bool))


def _placeholder(place: int, value: object) -> Any:
    number = _ARGUMENTS + place
    if isinstance(value, datetime):
        return _MOMENT.replace(microsecond=place, tzinfo=value.tzinfo)
    if isinstance(value, Text):
        return Text(number)
    return [number] if isinstance(value, list) else number


def _key(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _ids_of(scope: str) -> list[int]:
    """What stands for the ids of a scope."""
    return [_SCOPES + sorted(_scopes).index(scope)]


def _placeholder_actor(actor: Actor) -> Actor:
    stand_in = Actor(
        member_id=None if actor.member_id is None else _MEMBER,
        role=actor.role,
        door=actor.door,
        is_system=actor.is_system,
    )
    stand_in.memo.update({scope: _ids_of(scope) for scope in _scopes})
    return stand_in


def _rows(statement: _Statement, actor: Actor, numbers: Mapping[str, Any]) -> list[Any]:
    connection.ensure_connection()
    # Django's own cursors put values into the SQL themselves; the server then plans each read anew.
    wrapped: Any = connection
    cursor_of: Any = ServerBindingCursor
    with wrapped._prepare_cursor(cursor_of(connection.connection)) as cursor:
        cursor.execute(statement.sql, _parameters(statement, actor, numbers))
        found = statement.read(cursor.fetchall())
    if statement.prefetch:
        prefetch_related_objects(found, *statement.prefetch)
    return found


def _parameters(statement: _Statement, actor: Actor, numbers: Mapping[str, Any]) -> list[Any]:
    return [_fill(value, name, actor, numbers) for value, name in zip(statement.values, statement.names, strict=True)]


def _written_out(sql: str, parameters: Sequence[Any], names: Sequence[str | None]) -> str:
    """`sql` with what is the same for every call put into it, so that the server knows of which type it is."""
    connection.ensure_connection()
    given = iter(zip(parameters, names, strict=True))

    def filled(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value, name = next(given)
        return "%s" if name else Literal(value).as_string(connection.connection).replace("%", "%%")

    return re.sub("%%|%s", filled, sql)


def _fill(value: object, name: str, actor: Actor, numbers: Mapping[str, Any]) -> object:
    if name.startswith("scope."):
        return _scopes[name.removeprefix("scope.")](actor)
    filled = actor.member_id if name == "actor.member" else numbers[name]
    # Django wraps numbers in types that tell PostgreSQL their width.
    width: Callable[[Any], object] = type(value)
    return width(filled) if isinstance(value, int) else filled


def _reader(compiler: SQLCompiler, queryset: Any) -> Callable[[Iterable[Sequence[Any]]], list[Any]]:
    """What makes things of rows: what Django's own iterables do, with all that does not change found out before."""
    typed: Any = compiler
    converters = typed.get_converters([column[0] for column in typed.select[: typed.col_count]])

    def converted(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        return typed.apply_converters(rows, converters) if converters else rows

    if issubclass(queryset._iterable_class, ValuesIterable):
        query: Any = compiler.query
        names = list(query.selected or (*query.extra_select, *query.values_select, *query.annotation_select))
        return lambda rows: [dict(zip(names, row, strict=True)) for row in converted(rows)]
    if not issubclass(queryset._iterable_class, ModelIterable) or queryset._known_related_objects:
        return _unreadable
    told: Any = typed.klass_info
    model, start, end = told["model"], told["select_fields"][0], told["select_fields"][-1] + 1
    fields = [column[0].target.attname for column in typed.select[start:end]]
    populators_of: Any = get_related_populators
    populators = populators_of(told, typed.select, "default")
    annotations = list((typed.annotation_col_map or {}).items())

    def model_rows(rows: Iterable[Sequence[Any]]) -> list[Any]:
        things = []
        for row in converted(rows):
            thing = model.from_db("default", fields, row[start:end])
            for populator in populators:
                populator.populate(row, thing)
            for name, place in annotations:
                setattr(thing, name, row[place])
            things.append(thing)
        return things

    return model_rows


def _unreadable(rows: Iterable[Sequence[Any]]) -> list[Any]:
    raise TypeError("a prepared read gives rows of a model, or values(); others have their SQL alone")
