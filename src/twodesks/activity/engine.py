"""Live events on their way through one web process: one LISTEN connection in, any number of listeners out.

No rows, no Django: arrays of values in, queues out.
"""

import asyncio
import contextlib
import json
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
import structlog

CHANNEL = "twodesks_live"
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
DRAWN_WITHIN_S = 3.0
# A page whose connection was lost is back within seconds, and is then told what was told meanwhile.
REMEMBERED_S = 15.0
MOST_REMEMBERED = 256
WAITING_EVENTS = 256  # of one listener; one that falls further behind catches up from the table instead

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    topic: str
    name: str
    data: dict[str, Any]

    def as_text(self) -> str:
        """One event of a text/event-stream (HTML Standard, 9.2)."""
        told = self.data | {"topic": self.topic, "kind": self.name}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self.id}\ndata: {body}\n\n"


@dataclass(frozen=True, slots=True)
class Telling:
    """An event as it is written to a page: one text for all who are told the same."""

    event_id: int
    text: bytes

    @classmethod
    def of(cls, event: Event) -> "Telling":
        return cls(event.id, event.as_text().encode())


Enrich = Callable[[Event, frozenset[int]], Awaitable[Mapping[int, dict[str, Any]]]]
"""What more some of these members are told with an event; the others hear of it without."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What an event said to whom, kept for a moment."""

    at: float
    topic: str
    about: object
    by_member: Mapping[int, Telling]


class Gap:
    """Stands in a queue where events may be missing: read the table from the last one seen."""


GAP = Gap()


@dataclass(eq=False, slots=True)
class Listener:
    topics: frozenset[str]
    member_id: int | None = None
    queue: "asyncio.Queue[Telling | Gap]" = field(default_factory=lambda: asyncio.Queue(WAITING_EVENTS))

    def put(self, item: "Telling | Gap") -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            item = GAP
        self.queue.put_nowait(item)


class Hub:
    """Made once in each event loop; connects when somebody listens and disconnects when nobody does."""

    def __init__(self, connection_string: Callable[[], str], enrich: Enrich | None = None) -> None:
        self._connection_string = connection_string
        self._enrich = enrich
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._left: dict[str, dict[int, float]] = defaultdict(dict)
        self._lately: OrderedDict[int, _Told] = OrderedDict()

    @contextlib.contextmanager
    def listening(self, topics: frozenset[str], member_id: int | None = None) -> Iterator[Listener]:
        listener = Listener(topics, member_id)
        for topic in topics:
            self._listeners[topic].add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield listener
        finally:
            for topic in topics:
                self._leave(topic, listener)
            if not self._listeners and self._task:
                self._task.cancel()
                self._task = None
                self._connected.clear()

    def _leave(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]
        if listener.member_id is None:
            return
        if len(self._left) > MOST_REMEMBERED:
            for quiet in list(self._left):
                self._just_left(quiet)
        self._left[topic][listener.member_id] = time.monotonic()

    def told_lately(self, event_id: int, member_id: int | None) -> Telling | None:
        """What the event said to this member, or would have said, had their connection not been lost just then."""
        told = self._lately.get(event_id)
        return told.by_member.get(member_id) if told is not None and member_id is not None else None

    async def connected(self) -> None:
        """Wait until events arrive; what was published before that is in the table."""
        await self._connected.wait()

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            try:
                await self._listen()
                pause = FIRST_PAUSE_S
            except (psycopg.Error, OSError) as failure:
                log.warning("live_connection_lost", error=type(failure).__name__)
            self._connected.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._connection_string(), autocommit=True, application_name="twodesks live"
        )
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._connected.set()
            for listener in {one for group in self._listeners.values() for one in group}:
                listener.put(GAP)
            async for notice in connection.notifies():
                await self._pass_on(notice.payload)

    async def _pass_on(self, payload: str) -> None:
        told = json.loads(payload)
        listeners = self._listeners.get(told["topic"], set())
        if "data" not in told:
            for listener in listeners:
                listener.put(GAP)
            return
        event = Event(**told)
        self._forget(event)
        more = await self._more(event, listeners)
        plain = Telling.of(event)
        # The same words are encoded once, however many hear them.
        texts = {id(words): Telling.of(replace(event, data=event.data | words)) for words in more.values()}
        by_member = {member: texts[id(words)] for member, words in more.items()}
        if by_member:
            self._lately[event.id] = _Told(time.monotonic(), event.topic, event.data.get("id"), by_member)
        for listener in list(self._listeners.get(event.topic, ())):
            known = by_member.get(listener.member_id) if listener.member_id is not None else None
            listener.put(plain if known is None else known)

    def _forget(self, event: Event) -> None:
        """What is too old, and what was said of that which the event is about: it may have been changed, or removed."""
        now = time.monotonic()
        about = (event.topic, event.data.get("id"))
        for key in [key for key, told in self._lately.items() if (told.topic, told.about) == about]:
            del self._lately[key]
        while self._lately:
            oldest = next(iter(self._lately.values()))
            if len(self._lately) < MOST_REMEMBERED and now - oldest.at < REMEMBERED_S:
                break
            self._lately.popitem(last=False)

    def _just_left(self, topic: str) -> set[int]:
        """Members whose connection went a moment ago, and who are most likely on their way back."""
        left = self._left.get(topic)
        if not left:
            return set()
        earliest = time.monotonic() - REMEMBERED_S
        for member in [member for member, at in left.items() if at < earliest]:
            del left[member]
        if not left:
            del self._left[topic]
        return set(left)

    async def _more(self, event: Event, listeners: set[Listener]) -> Mapping[int, dict[str, Any]]:
        members = {one.member_id for one in listeners if one.member_id is not None} | self._just_left(event.topic)
        if self._enrich is None or not members:
            return {}
        try:
            return await asyncio.wait_for(self._enrich(event, frozenset(members)), DRAWN_WITHIN_S)
        except Exception:
            # Pages that are told only that there is something fetch it themselves.
            log.exception("live_event_not_drawn", topic=event.topic, name=event.name)
            return {}


def as_payload(event: Event) -> str:
    """What NOTIFY carries: the event, or, when that is above its 8,000 bytes, only that there is one."""
    whole = json.dumps(
        {"id": event.id, "topic": event.topic, "name": event.name, "data": event.data},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return whole if len(whole.encode()) < 7900 else json.dumps({"id": event.id, "topic": event.topic})
