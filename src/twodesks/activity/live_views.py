"""`/live/events?topic=recording:12&topic=member`: server-sent events, in ASGI so that listeners cost no thread."""

import asyncio
import contextlib
import io
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import parse_qs

from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections

from twodesks.activity.engine import Event, Gap, Hub, Telling
from twodesks.activity.live import allowed_topics, drawn, is_drawn, latest_event_id, missed_events
from twodesks.kit.actor import Actor

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Identify = Callable[[ASGIRequest], Actor]
R = TypeVar("R")

MOST_TOPICS = 20
HEARTBEAT_S = 15.0
RIGHTS_HOLD_FOR_S = 60.0
RECONNECT_MS = 2000
REMEMBERED_IDS = 4096
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
        last = subscription.last or 0
        for event in await self._in_thread(lambda: missed_events(subscription.topics, last)):
            if event.id not in subscription.heard:
                # What came before the last one heard has most likely been heard too.
                await subscription.tell(await self._telling(subscription, event, is_new=event.id > last))

    async def _telling(self, subscription: Subscription, event: Event, *, is_new: bool) -> Telling:
        """An event that was missed, with its words: as they were drawn for others, or drawn now for this page alone."""
        member = subscription.member_id
        known = self._hub.told_lately(event.id, member) if self._hub is not None else None
        if known is not None or member is None or not is_new or not is_drawn(event):
            return known or Telling.of(event)
        words: dict[str, Any] = {}
        with contextlib.suppress(Exception):  # the page then fetches it, and hears what is wrong
            more = await self._in_thread(lambda: drawn(event, frozenset({member})))
            words = more.get(member, {})
        return Telling.of(replace(event, data=event.data | words))

    async def _enrich(self, event: Event, members: frozenset[int]) -> Mapping[int, dict[str, Any]]:
        return await self._in_thread(lambda: drawn(event, members), self._drawing) if is_drawn(event) else {}

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
