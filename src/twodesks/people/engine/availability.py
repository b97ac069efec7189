"""Whether somebody may be asked now, and how to say so."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_HOUR, LAST_HOUR = time(8, 0), time(18, 30)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Availability:
    """`says` completes a line about somebody: "free now", "22:40 there", "would rather not be asked until 14:00".

    `is_unwilling` when they said so themselves; `is_free` when neither that nor the hour speaks against it.
    `local_at` is their own time.
    """

    is_free: bool
    is_unwilling: bool
    says: str
    local_at: datetime
    until: datetime | None = None


def availability(now: datetime, time_zone: str, not_asked_until: datetime | None) -> Availability:
    """At that moment. An unknown time zone is read as UTC."""
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    if not_asked_until is not None and not_asked_until > now:
        until = not_asked_until.astimezone(zone)
        says = f"would rather not be asked until {moment(until, local)}"
        return Availability(False, True, says, local, not_asked_until)
    if local.weekday() >= SATURDAY:
        return Availability(False, False, f"{local:%A}, {local:%H:%M} there", local)
    if not FIRST_HOUR <= local.time() < LAST_HOUR:
        return Availability(False, False, f"{local:%H:%M} there", local)
    return Availability(True, False, "free now", local)


def moment(at: datetime, now: datetime) -> str:
    """A coming moment as people say it: "14:00", "tomorrow 09:00", "Monday 09:00", "3 December"."""
    days = (at.date() - now.date()) // timedelta(days=1)
    if days <= 0:
        return f"{at:%H:%M}"
    if days == 1:
        return f"tomorrow {at:%H:%M}"
    return f"{at:%A} {at:%H:%M}" if days < 7 else f"{at.day} {at:%B}"


def zone_of(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
