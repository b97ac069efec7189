"""Long files in parts of some thousand rows: going on costs nothing, going back reads again from the start."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Generic, TypeVar

from twodesks.kit.problem import Invalid

Row = TypeVar("Row")

ROWS = 2_000


class Rows(Generic[Row]):
    """`fault` says where the file broke off, once it has been read that far."""

    def __init__(self, begin: Callable[[], Iterator[Row]]) -> None:
        self._begin = begin
        self._rows: Iterator[Row] | None = None
        self._part = 0
        self._count: int | None = None
        self.fault = ""

    def parts(self) -> int:
        """How many parts there are; reads the file once to know."""
        if self._count is None:
            rows = 0
            with suppress(Invalid):
                for _ in self._begin():
                    rows += 1
            self._count = rows
        return max(1, -(-self._count // ROWS))

    def part(self, number: int) -> list[Row]:
        if self._rows is None or number != self._part:
            self._rows = self._begin()
            self._part = 0
            with suppress(Invalid):
                next(islice(self._rows, number * ROWS, number * ROWS), None)
        rows: list[Row] = []
        try:
            rows.extend(islice(self._rows, ROWS))
        except Invalid as broken:
            self.fault = broken.detail
        self._part = number + 1
        return rows
