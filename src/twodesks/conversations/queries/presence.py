"""Who has a conversation open now: told by live events, kept in no table of its own."""

from dataclasses import dataclass
from datetime import timedelta

from twodesks.activity.live import recent_events

HERE_FOR = timedelta(seconds=100)
"""A page says every 60 s that it is still open."""


@dataclass(frozen=True, slots=True)
class Presence:
    member_ids: frozenset[int]
    latest_event_id: int
    """Where a page that is drawn now begins to listen."""


def here_now(conversation_id: int) -> Presence:
    """For somebody who sees the conversation."""
    latest, events = recent_events(f"conversation:{conversation_id}", HERE_FOR)
    present: set[int] = set()
    for event in events:
        if event.name == "here":
            present.add(int(event.data["member_id"]))
        elif event.name == "gone":
            present.discard(int(event.data["member_id"]))
    return Presence(frozenset(present), latest)
