"""Times in a recording, as people read them (`4:12`) and as addresses carry them (W3C Media Fragments, `t=12.5,40`)."""

import re

_CLOCK = re.compile(r"^(?:(\d+):)?([0-5]?\d):([0-5]\d)(?:\.(\d{1,3}))?$")
LONGEST_MS = 24 * 60 * 60 * 1000
"""A time in an address that is later is a slip of the pen, and larger ones do not fit into a row."""

_FRAGMENT = re.compile(r"^t=(?:npt:)?(\d{1,9}(?:\.\d+)?)(?:,(\d{1,9}(?:\.\d+)?))?$")


def clock(ms: int) -> str:
    """`252000` → `4:12`; from an hour on `1:04:12`."""
    seconds = max(ms, 0) // 1000
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def length(ms: int) -> str:
    """`41000` → `41 s`; `372000` → `6 min`; `5400000` → `1 h 30 min`."""
    seconds = round(max(ms, 0) / 1000)
    if seconds < 90:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def parse_clock(text: str) -> int:
    """`4:12` or `1:04:12.500` → milliseconds. Raises ValueError."""
    match = _CLOCK.match(text.strip())
    if match is None:
        raise ValueError(f"not a time: {text!r}")
    hours, minutes, seconds, fraction = match.groups()
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int((fraction or "0").ljust(3, "0"))


def media_fragment(start_ms: int, end_ms: int | None = None) -> str:
    """`12500, 40000` → `t=12.5,40` (W3C Media Fragments URI 1.0, section 4.2.1)."""

    def npt(ms: int) -> str:
        return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")

    return f"t={npt(start_ms)}" + (f",{npt(end_ms)}" if end_ms is not None else "")


def parse_media_fragment(text: str) -> tuple[int, int | None]:
    """`t=12.5,40` → `(12500, 40000)`. Raises ValueError, also for a time later than a day."""
    match = _FRAGMENT.match(text.strip().lstrip("#"))
    if match is None:
        raise ValueError(f"not a media fragment: {text!r}")
    start_ms, end_ms = (None if part is None else round(float(part) * 1000) for part in match.groups())
    if start_ms is None or max(start_ms, end_ms or 0) > LONGEST_MS:
        raise ValueError(f"later than a day: {text!r}")
    return start_ms, end_ms
