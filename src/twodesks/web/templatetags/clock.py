"""Times in a recording, as people read them."""

from django import template

from twodesks.kit import timecode

register = template.Library()


@register.filter
def clock(ms: int | None) -> str:
    """`252000` → `4:12`."""
    return timecode.clock(ms) if ms is not None else ""


@register.filter
def duration(ms: int | None) -> str:
    """`372000` → `6 min`."""
    return timecode.length(ms) if ms is not None else ""
