"""Who hears of a statement. Registered in `project/wiring.py` alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from twodesks.activity.models import Statement

Listener = Callable[[Statement], None]

_at_once: dict[tuple[str, str], list[Listener]] = defaultdict(list)
_later: dict[tuple[str, str], list[Listener]] = defaultdict(list)


def listen(*, object_type: str, verbs: Iterable[str], listener: Listener, later: bool = False) -> None:
    """Call `listener(statement)` for these verbs: inside the writer's transaction, or `later` in a job after it."""
    register = _later if later else _at_once
    for verb in verbs:
        if listener not in register[(object_type, verb)]:
            register[(object_type, verb)].append(listener)


def listeners_at_once(statement: Statement) -> list[Listener]:
    return _at_once.get((statement.object_type, statement.verb), [])


def listeners_later(statement: Statement) -> list[Listener]:
    return _later.get((statement.object_type, statement.verb), [])


def wired() -> list[tuple[str, str, str]]:
    """Every listener as (object type and verb, its name, when it is called), for docs/map.md."""
    rows = [
        (f"{object_type} {verb}", f"{listener.__module__}.{listener.__qualname__}", when)
        for register, when in ((_at_once, "in the same transaction"), (_later, "in a job after it"))
        for (object_type, verb), listeners in register.items()
        for listener in listeners
    ]
    return sorted(rows)
