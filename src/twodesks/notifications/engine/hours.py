"""Hours of a member's own day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DIGEST_HOUR = 8
"""When nobody chose."""


def zone_of(name: str) -> ZoneInfo:
    """UTC for a name that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_quiet(hour: int, quiet_from: int | None, quiet_until: int | None) -> bool:
    """Whether an hour of the day lies in quiet hours, which may go over midnight. Equal ends are none."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def quiet_left(now: datetime, zone: str, quiet_from: int | None, quiet_until: int | None) -> timedelta:
    """How long until mail may go out; nothing outside quiet hours. `now` is aware."""
    here = now.astimezone(zone_of(zone))
    if quiet_until is None or not is_quiet(here.hour, quiet_from, quiet_until):
        return timedelta()
    day = here.date() if here.hour < quiet_until else here.date() + timedelta(days=1)
    ends = datetime.combine(day, time(quiet_until), tzinfo=zone_of(zone)).astimezone(UTC)
    return max(ends - now, timedelta(minutes=1))


def digest_due(now: datetime, zone: str, hour: int | None, sent_on: date | None) -> datetime | None:
    """The moment, in the member's zone, at which today's digest was due, or None: not yet, sent already, or not wished.

    Late is better than never: it stays due until the day ends.
    """
    if hour is None:
        return None
    here = now.astimezone(zone_of(zone))
    if here.hour < hour or (sent_on is not None and sent_on >= here.date()):
        return None
    return datetime.combine(here.date(), time(hour), tzinfo=zone_of(zone))
