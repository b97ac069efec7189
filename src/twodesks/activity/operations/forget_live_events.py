"""Forget live events that no open page can still ask for."""

from twodesks.activity.live import forget_old_events
from twodesks.kit.operation import operation


@operation("activity.forget_live_events")
def forget_live_events() -> int:
    """Delete events older than an hour, and say how many there were."""
    return forget_old_events()
