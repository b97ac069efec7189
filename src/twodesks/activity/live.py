"""Live events: what pages that are open now should hear of.

`publish` writes a row and notifies, in the caller's transaction: nobody hears of what was rolled back, and a page whose
connection was lost reads what it missed. Each event reaches a listener at least once; pages ignore ids they have seen.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from twodesks.activity.engine import CHANNEL, Event, as_payload
from twodesks.activity.models import LiveEvent
from twodesks.kit.actor import Actor

# A transaction that began earlier may commit later, so an event may become visible after ones with higher ids.
OVERLAP = timedelta(seconds=10)
KEPT_FOR = timedelta(hours=1)
MOST_REPLAYED = 1000

TopicPolicy = Callable[[Actor, int], bool]
Words = Mapping[int, dict[str, Any]]
Drawer = Callable[[int, Sequence[dict[str, Any]], frozenset[int]], Sequence[Words]]

_policies: dict[str, TopicPolicy] = {}
_drawers: dict[tuple[str, str], Drawer] = {}


def allow_topic(kind: str, policy: TopicPolicy) -> None:
    """Let an actor listen to `kind:id` where `policy(actor, id)` says so. Registered in `project/wiring.py` alone."""
    _policies[kind] = policy


def draw_with(kind: str, name: str, drawer: Drawer) -> None:
    """Let events `name` of topics `kind:id` carry what a page would fetch anyway. Registered in `project/wiring.py`.

    `drawer` gets the id, the data of one or more events, and members; it answers, for each event, what more each of
    them is told. It decides anew who may have it. Those it leaves out hear only that there is something.
    """
    _drawers[kind, name] = drawer


def is_drawn(event: Event) -> bool:
    return (event.topic.partition(":")[0], event.name) in _drawers


def drawn(events: Iterable[Event], members: frozenset[int]) -> dict[int, Words]:
    """By the event's id; events about one thing are drawn together."""
    alike: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in filter(is_drawn, events):
        alike[event.topic, event.name].append(event)
    found: dict[int, Words] = {}
    for (topic, name), told in alike.items():
        kind, _, key = topic.partition(":")
        words = _drawers[kind, name](int(key), [event.data for event in told], members)
        found |= {event.id: more for event, more in zip(told, words, strict=True)}
    return found


def allowed_topics(actor: Actor, asked: Iterable[str]) -> frozenset[str]:
    """Those of the topics that the actor may hear of; `member` stands for the actor's own."""
    return frozenset(filter(None, (_allowed(actor, topic) for topic in asked)))


def publish(topic: str, name: str, **data: Any) -> None:
    """Tell the pages that listen to `topic` ("recording:12") that something happened, once the transaction commits."""
    with transaction.atomic():
        row = LiveEvent.objects.create(topic=topic, name=name, data=data)
        payload = as_payload(Event(row.pk, topic, name, data))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload])


def latest_event_id() -> int:
    """Where a page that is being drawn now should begin to listen (`?after=`)."""
    return LiveEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def recent_events(topic: str, since: timedelta) -> tuple[int, list[Event]]:
    """What a topic told lately, oldest first, and `latest_event_id`, in one query."""
    newest = LiveEvent.objects.order_by("-pk").values("pk")[:1]
    lately = Q(topic=topic, created_at__gte=timezone.now() - since)
    rows = LiveEvent.objects.filter(lately | Q(pk__in=newest)).order_by("pk")
    events = [Event(*row) for row in rows.values_list("pk", "topic", "name", "data")]
    return (events[-1].id if events else 0), [event for event in events if event.topic == topic]


def missed_events(topics: Iterable[str], after: int) -> list[Event]:
    """What these topics told since event `after`, oldest first, with a few just before it that may have come late."""
    wanted = LiveEvent.objects.filter(topic__in=list(topics))
    seen_at = LiveEvent.objects.filter(pk=after).values_list("created_at", flat=True).first()
    newer = wanted.filter(pk__gt=after)
    late = wanted.filter(pk__lt=after, created_at__gte=seen_at - OVERLAP) if seen_at else wanted.none()
    rows = (newer | late).order_by("pk").values_list("pk", "topic", "name", "data")[:MOST_REPLAYED]
    return [Event(*row) for row in rows]


def forget_old_events() -> int:
    """Delete what is older than any page's memory."""
    count, _ = LiveEvent.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return count


def _allowed(actor: Actor, topic: str) -> str | None:
    if topic == "member":
        return None if actor.member_id is None else f"member:{actor.member_id}"
    kind, _, key = topic.partition(":")
    policy = _policies.get(kind)
    if policy is None or not key.isdecimal() or len(key) > 18:
        return None
    return topic if policy(actor, int(key)) else None
