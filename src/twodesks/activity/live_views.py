"""`/live/events?topic=recording:12&topic=member`: server-sent events, in ASGI so that listeners cost no thread."""

import asyncio
import io
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import parse_qs

import structlog
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from twodesks.activity.engine import Event, Gap, Hub, Telling
from twodesks.activity.live import Words, allowed_topics, drawn, is_drawn, latest_event_id, missed_events
from twodesks.kit.actor import Actor

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Identify = Callable[[ASGIRequest], Actor]
R = TypeVar("R")

log = structlog.get_logger(__name__)

MOST_TOPICS = 20
HEARTBEAT_S = 15.0
RIGHTS_HOLD_FOR_S = 60.0
RECONNECT_MS = 2000
REMEMBERED_IDS = 4096
MOST_DRAWN = 50  # of what a page missed; what lies before them it fetches, as it fetches what it never knew of
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(slots=True)
class Subscription:
    """What one open page has asked for, may hear, and has heard."""

    scope: Scope
    send: Send
    asked: list[str]
    topics: frozenset[str] = frozenset()
    member_id: int | None = None
    last: int | None = None
    heard: set[int] = field(default_factory=set)
    rights_read_at: float = field(default_factory=time.monotonic)

    @property
    def rights_hold_for_s(self) -> float:
        """Somewhat less for some: after a restart all pages come at once, and are not to be looked at again at once."""
        return RIGHTS_HOLD_FOR_S * (1 - (self.member_id or 0) % 64 / 128)

    async def write(self, text: bytes) -> None:
        await self.send({"type": "http.response.body", "body": text, "more_body": True})

    async def tell(self, telling: Telling) -> None:
        if telling.event_id in self.heard:
            return
        if len(self.heard) >= REMEMBERED_IDS:
            self.heard = set(sorted(self.heard)[REMEMBERED_IDS // 2 :])
        self.heard.add(telling.event_id)
        self.last = max(self.last or 0, telling.event_id)
        await self.write(telling.text)


class LiveEvents:
    """The ASGI application of the address. `identify` says whose request it is; it comes from a higher floor."""

    def __init__(self, identify: Identify, connection_string: Callable[[], str]) -> None:
        self._identify = identify
        self._connection_string = connection_string
        self._hub: Hub | None = None
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="live")
        # Drawing does not wait behind the rights of those who come back all at once.
        self._drawing = ThreadPoolExecutor(1, thread_name_prefix="live-drawing")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        subscription = Subscription(scope, send, query.get("topic", [])[:MOST_TOPICS], last=_last_seen(scope, query))
        subscription.topics = await self._allowed(subscription)
        if not subscription.topics:
            # 204 tells a browser not to come back. It says the same for what is hidden and for what is not there.
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
        stream = asyncio.ensure_future(self._stream(subscription))
        gone = asyncio.ensure_future(_disconnected(receive))
        done, pending = await asyncio.wait({stream, gone}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        if stream in done:
            stream.result()
            await send({"type": "http.response.body", "body": b""})

    async def _stream(self, subscription: Subscription) -> None:
        """Until the page goes, or may no longer hear what it asked for; it then asks again and gets what is left."""
        self._hub = self._hub or Hub(self._connection_string, self._enrich)
        with self._hub.listening(subscription.topics, subscription.member_id) as listener:
            await subscription.write(f"retry: {RECONNECT_MS}\n\n".encode())
            await self._hub.connected()
            if subscription.last is None:
                subscription.last = await self._in_thread(latest_event_id)
            else:
                await self._catch_up(subscription)
            while await self._rights_hold(subscription):
                try:
                    item = await asyncio.wait_for(listener.queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    await subscription.write(b": still here\n\n")
                    continue
                if isinstance(item, Gap):
                    await self._catch_up(subscription)
                else:
                    await subscription.tell(item)

    async def _catch_up(self, subscription: Subscription) -> None:
        """Tell what was missed, with its words: as they were drawn for others, or drawn now for this page alone."""
        member, last = subscription.member_id, subscription.last or 0
        missed = await self._in_thread(lambda: missed_events(subscription.topics, last))
        missed = [event for event in missed if event.id not in subscription.heard]
        known = {event.id: self._hub.told_lately(event.id, member) for event in missed} if self._hub else {}
        # What came before the last one heard has most likely been heard too.
        unknown = [event for event in missed if event.id > last and known.get(event.id) is None]
        words = await self._drawn_for(member, unknown[-MOST_DRAWN:])
        for event in missed:
            told = known.get(event.id)
            await subscription.tell(told or Telling.of(replace(event, data=event.data | words.get(event.id, {}))))

    async def _drawn_for(self, member: int | None, events: list[Event]) -> dict[int, dict[str, Any]]:
        if member is None or not events:
            return {}
        try:
            found = await self._in_thread(lambda: drawn(events, frozenset({member})))
        except Exception:
            # The page then fetches them, and hears what is wrong.
            log.exception("live_events_not_drawn", events=len(events))
            return {}
        return {event_id: words.get(member, {}) for event_id, words in found.items()}

    async def _enrich(self, event: Event, members: frozenset[int]) -> Words:
        found = await self._in_thread(lambda: drawn([event], members), self._drawing) if is_drawn(event) else {}
        return found.get(event.id, {})

    async def _rights_hold(self, subscription: Subscription) -> bool:
        now = time.monotonic()
        if now - subscription.rights_read_at < subscription.rights_hold_for_s:
            return True
        subscription.rights_read_at = now
        return await self._allowed(subscription) == subscription.topics

    async def _allowed(self, subscription: Subscription) -> frozenset[str]:
        def read() -> frozenset[str]:
            actor = self._identify(ASGIRequest(subscription.scope, io.BytesIO()))
            subscription.member_id = actor.member_id
            return allowed_topics(actor, subscription.asked)

        return await self._in_thread(read)

    async def _in_thread(self, function: Callable[[], R], threads: ThreadPoolExecutor | None = None) -> R:
        def run() -> R:
            close_old_connections()
            try:
                return function()
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(threads or self._threads, run)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _last_seen(scope: Scope, query: dict[str, list[str]]) -> int | None:
    """The last event the page has: the browser says so when it reconnects, the page's address when it first comes."""
    told = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"last-event-id"), "")
    told = told or next(iter(query.get("after", [])), "")
    return int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else None
