"""When something was, as people say it: how long ago, or at what time."""

from datetime import datetime, tzinfo

_STEPS = ((365 * 86_400, "year"), (30 * 86_400, "month"), (7 * 86_400, "week"), (86_400, "day"), (3600, "hour"))
_IN_DAYS = 14


def ago(at: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `12 days ago`, `3 weeks ago`: one unit, rounded down; the future is now."""
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    for length, unit in _STEPS:
        if seconds >= length and not (unit == "week" and seconds < _IN_DAYS * 86_400):
            return _counted(int(seconds // length), unit)
    return _counted(int(seconds // 60), "minute")


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}{'s' if number != 1 else ''} ago"


def moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """`09:12` today, `Wed` within the last six days, `12 May` this year, else `12 May 2025`."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (today - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}"
    if days < 7:
        return f"{local:%a}"
    return f"{local.day} {local:%b}" + ("" if local.year == today.year else f" {local.year}")
