"""HTTP byte ranges (RFC 9110, section 14)."""

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"^bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})$")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """From `start` up to and including `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start + 1

    def header(self, total: int) -> str:
        return f"bytes {self.start}-{self.end}/{total}"


class Unsatisfiable(ValueError):  # noqa: N818 - the word of the RFC
    """The range lies beyond the end."""


def parse_range(header: str, total: int, *, open_ended_limit: int | None = None) -> ByteRange | None:
    """The one range asked for; None for several or for nonsense, which are answered with the whole.

    An open-ended range (`bytes=0-`) is answered with at most `open_ended_limit` bytes: players ask on, and no thread is
    held by somebody who paused. Raises `Unsatisfiable`.
    """
    match = _ONE_RANGE.match(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        if int(last) == 0 or total == 0:
            raise Unsatisfiable
        return ByteRange(max(0, total - int(last)), total - 1)
    start = int(first)
    if start >= total:
        raise Unsatisfiable
    if last:
        return None if int(last) < start else ByteRange(start, min(int(last), total - 1))
    end = total - 1 if open_ended_limit is None else min(start + open_ended_limit, total) - 1
    return ByteRange(start, end)
