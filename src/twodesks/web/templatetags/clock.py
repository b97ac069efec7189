"""Times in a recording, and times of day and year, as people read them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from twodesks.kit import moments, timecode

register = template.Library()


@register.filter
def clock(ms: int | None) -> str:
    """`252000` → `4:12`."""
    return timecode.clock(ms) if ms is not None else ""


@register.filter
def duration(ms: int | None) -> str:
    """`372000` → `6 min`."""
    return timecode.length(ms) if ms is not None else ""


@register.filter
def ago(at: datetime | None) -> str:
    """`12 days ago`."""
    return moments.ago(at, timezone.now()) if at else ""


@register.filter
def moment(at: datetime | None, zone: str = "UTC") -> str:
    """`09:12`, `Wed`, `12 May`: in the time zone of that name."""
    return moments.moment(at, timezone.now(), ZoneInfo(zone)) if at else ""
