"""Live events on their way through one web process: one LISTEN connection in, any number of listeners out.

No rows, no Django: arrays of values in, queues out.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import structlog

CHANNEL = "twodesks_live"
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
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


class Gap:
    """Stands in a queue where events may be missing: read the table from the last one seen."""


GAP = Gap()


@dataclass(eq=False, slots=True)
class Listener:
    topics: frozenset[str]
    queue: "asyncio.Queue[Event | Gap]" = field(default_factory=lambda: asyncio.Queue(WAITING_EVENTS))

    def put(self, item: "Event | Gap") -> None:
        if self.queue.full():
            while not self.queue.empty():
                self.queue.get_nowait()
            item = GAP
        self.queue.put_nowait(item)


class Hub:
    """Made once in each event loop; connects when somebody listens and disconnects when nobody does."""

    def __init__(self, connection_string: Callable[[], str]) -> None:
        self._connection_string = connection_string
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()

    @contextlib.contextmanager
    def listening(self, topics: frozenset[str]) -> Iterator[Listener]:
        listener = Listener(topics)
        for topic in topics:
            self._listeners[topic].add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        try:
            yield listener
        finally:
            for topic in topics:
                self._listeners[topic].discard(listener)
                if not self._listeners[topic]:
                    del self._listeners[topic]
            if not self._listeners and self._task:
                self._task.cancel()
                self._task = None
                self._connected.clear()

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
                self._pass_on(notice.payload)

    def _pass_on(self, payload: str) -> None:
        told = json.loads(payload)
        item: Event | Gap = Event(**told) if "data" in told else GAP
        for listener in self._listeners.get(told["topic"], ()):
            listener.put(item)


def as_payload(event: Event) -> str:
    """What NOTIFY carries: the event, or, when that is above its 8,000 bytes, only that there is one."""
    whole = json.dumps(
        {"id": event.id, "topic": event.topic, "name": event.name, "data": event.data},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return whole if len(whole.encode()) < 7900 else json.dumps({"id": event.id, "topic": event.topic})
