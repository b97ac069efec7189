"""Times in a recording, in templates: `{{ cue.start_ms|clock }}`."""

from django import template

from twodesks.kit.timecode import clock as clock_of

register = template.Library()


@register.filter
def clock(ms: int) -> str:
    return clock_of(ms)
