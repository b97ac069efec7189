"""What is read of the database now and then, and held meanwhile."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")


class Held(Generic[T]):
    """`read()` of the database in use, at most so many seconds old as `holds_for_s` says of what was read."""

    def __init__(self, read: Callable[[], T], holds_for_s: Callable[[T], float]) -> None:
        self._read = read
        self._holds_for_s = holds_for_s
        self._held: dict[str, tuple[float, T]] = {}

    def __call__(self) -> T:
        database = str(connection.settings_dict["NAME"])
        held = self._held.get(database)
        now = time.monotonic()
        if held is not None and now - held[0] < self._holds_for_s(held[1]):
            return held[1]
        found = self._read()
        self._held[database] = (now, found)
        return found

    def forget(self) -> None:
        """Read it anew at the next call."""
        self._held.clear()
