"""The register of operations: what the product can do, one entry each. `docs/map.md` is made from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    module: str
    function: str
    summary: str


_operations: dict[str, Registered] = {}


def operation(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a write under `app.verb_noun`. It changes nothing about the function; a name is taken once."""

    def register(function: Callable[P, R]) -> Callable[P, R]:
        known = _operations.get(name)
        if known is not None and known.module != function.__module__:
            raise RuntimeError(f"operation {name} is registered twice: {known.module} and {function.__module__}")
        summary = (function.__doc__ or "").strip().split("\n", 1)[0]
        _operations[name] = Registered(name, function.__module__, function.__name__, summary)
        return function

    return register


def registered_operations() -> list[Registered]:
    """All operations whose modules have been imported, by name."""
    return sorted(_operations.values(), key=lambda entry: entry.name)
