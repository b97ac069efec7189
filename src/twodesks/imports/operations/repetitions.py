"""Tell messages that an export repeats, or that came by an earlier one, from those that are read again after a stop."""

from collections.abc import Iterator

from twodesks.imports.engine.arranging import Placed
from twodesks.imports.engine.records import LeftOut, Reason
from twodesks.imports.models import ImportRun


class Repetitions:
    """Of one run, from where it goes on.

    Each repetition is counted once, when its stretch is wholly in: what lies beyond the cursor is read again after a
    stop, and counted then.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._cursor = run.cursor
        self._last = run.last_message_id or 0
        self._awaited: set[str] | None = None if run.ahead is None else set(run.ahead)
        self._waiting: list[tuple[int, LeftOut]] = []
        self._beyond: dict[str, int] = {}

    def hear_fresh(self, one: Placed) -> None:
        self._beyond[one.message.key] = one.stretch

    def hear_twice(self, one: Placed) -> None:
        self._waiting.append((one.stretch, LeftOut(Reason.REPEATED, one.message.key)))

    def hear_known(self, one: Placed, message_id: int) -> None:
        """One that is here. What stands before the cursor is only heard again, and was counted before."""
        if one.stretch < self._cursor:
            return
        if self._is_read_again(one.message.key, message_id):
            self._beyond[one.message.key] = one.stretch
        else:
            self.hear_twice(one)

    def hear_kept(self, key: str, stretch: int) -> None:
        """A change that was not carried out, as people here have changed the message themselves."""
        if stretch >= self._cursor:
            self._waiting.append((stretch, LeftOut(Reason.KEPT_HERE, key)))

    def _is_read_again(self, key: str, message_id: int) -> bool:
        first = self._run.first_message_id
        if first is None or not first <= message_id <= self._last:
            # By an earlier run, or by this one since it goes on.
            return False
        if self._awaited is None:
            return True
        if key in self._awaited:
            self._awaited.remove(key)
            return True
        return False

    def due(self, cursor: int) -> Iterator[LeftOut]:
        """Those of stretches before the cursor; the cursor moves up to there."""
        yield from (left for stretch, left in self._waiting if stretch < cursor)
        self._waiting = [entry for entry in self._waiting if entry[0] >= cursor]
        self._beyond = {key: stretch for key, stretch in self._beyond.items() if stretch >= cursor}

    @property
    def ahead(self) -> list[str] | None:
        """For `ImportRun.ahead`."""
        return None if self._awaited is None else [*self._beyond, *self._awaited]
