"""How soon the last of many open pages has a message, whether any is lost, and what the server holds in memory.

    make bench-live             500 listeners, 1,000 messages, on everything that `twodesks run` starts
    LISTENERS=100 MESSAGES=50 make bench-live

Starts `twodesks run` on an empty data directory with as many members as listeners. Each has an open page of its own: a
stream of `/live/events` for one conversation and for themselves, as the page of a conversation asks. One more member
posts by the form of that page. A page has a message when its words are there: they come with the event; a page that is
told only that there is something fetches it, as a browser's does. All the while some listeners lose their connection
and come back two seconds later with the last event they had, as a browser does. A message's time is from before its
form is sent until the last of the listeners that were connected then has its words, read by this program on the same
two cores.
"""

import asyncio
import contextlib
import json
import math
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import django
import httpx

from bench.bench_pages import BASE, installation, memory_mb

LISTENERS = int(os.environ.get("LISTENERS", "500"))
MESSAGES = int(os.environ.get("MESSAGES", "1000"))
PAUSE_S = float(os.environ.get("PAUSE", "0.1"))
DROPS_A_SECOND = 2
AWAY_S = 2.0
GRACE_S = 1.0
"""A message sent this shortly before a connection was lost may have been on its way in it."""
BAR_MS = 500
BAR_MEMORY_MB = 400
RESULTS = Path(__file__).parent / "results" / "live.json"
CSRF = "b" * 32


def lay_out(data: Path) -> dict[str, Any]:
    """Members with sessions and a conversation. Returns its address and the cookies."""
    from twodesks.server.cluster import embedded_cluster  # noqa: PLC0415 - after the environment is set
    from twodesks.server.data import DataDirectory  # noqa: PLC0415

    os.environ |= {
        "TWODESKS_DATA": str(data),
        "DATABASE_URL": embedded_cluster(DataDirectory(data)).url(),
        "DJANGO_SETTINGS_MODULE": "twodesks.project.settings",
    }
    django.setup()
    from bench.live_room import furnish  # noqa: PLC0415

    return furnish(LISTENERS)


@dataclass
class Listener:
    """An open page. `got`: when the words of each message were there, by the message's id."""

    cookie: str
    topics: str
    news: str
    client: httpx.AsyncClient
    fetched: int = 0
    fetching: set["asyncio.Task[None]"] = field(default_factory=set)
    got: dict[int, float] = field(default_factory=dict)
    repeated: int = 0
    unread: list[str] = field(default_factory=list)
    last: str = ""
    away: list[list[float]] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    writer: asyncio.StreamWriter | None = None

    async def live(self) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._listen()
            self.away.append([time.perf_counter() - GRACE_S, math.inf])
            self.connected.clear()
            await asyncio.sleep(AWAY_S)

    async def _listen(self) -> None:
        where = urlsplit(BASE)
        reader, self.writer = await asyncio.open_connection(where.hostname, where.port, limit=1 << 20)
        seen = f"Last-Event-ID: {self.last}\r\n" if self.last else ""
        request = (
            f"GET /live/events?{self.topics} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Cookie: sessionid={self.cookie}\r\n{seen}\r\n"
        )
        self.writer.write(request.encode())
        try:
            status = await reader.readline()
            if b" 200 " not in status:
                raise ValueError(status)
            event = ""
            while line := await reader.readline():
                if line.startswith(b"retry:"):
                    self._is_back()
                elif line.startswith(b"id: "):
                    event = line[4:].strip().decode()
                elif line.startswith(b"data: ") and b'"kind":"message"' in line:
                    self._hear(event, json.loads(line[6:]))
        finally:
            self.writer.close()

    def _hear(self, event: str, told: dict[str, Any]) -> None:
        self.last = event
        if told["id"] in self.got:
            self.repeated += 1
        elif "html" in told:
            self._read(told["id"], told["html"])
        else:
            task = asyncio.create_task(self._fetch(told["id"]))
            self.fetching.add(task)
            task.add_done_callback(self.fetching.discard)

    def _read(self, message: int, html: str) -> None:
        if f'id="m{message}"' in html and "<p>Message " in html:
            self.got[message] = time.perf_counter()

    async def _fetch(self, message: int) -> None:
        self.fetched += 1
        headers = {"Cookie": f"sessionid={self.cookie}", "HX-Request": "true"}
        with contextlib.suppress(httpx.HTTPError):
            answer = await self.client.get(f"{BASE}{self.news}?ids={message}&head=1", headers=headers)
            self._read(message, answer.text)
            if message not in self.got:
                self.unread.append(f"{answer.status_code}, {len(answer.text)} letters")

    def _is_back(self) -> None:
        self.connected.set()
        if self.away:
            self.away[-1][1] = time.perf_counter()

    def drop(self) -> None:
        """Lose the connection, as a train in a tunnel does."""
        if self.writer is not None and self.connected.is_set():
            self.writer.transport.abort()

    def was_away(self, at: float) -> bool:
        return any(begun <= at <= ended for begun, ended in self.away)


async def _drop_some(listeners: list[Listener], chance: random.Random) -> None:
    """The same tenth of them, over and over."""
    unlucky = listeners[: max(1, len(listeners) // 10)]
    while True:
        for listener in chance.sample(unlucky, min(DROPS_A_SECOND, len(unlucky))):
            listener.drop()
        await asyncio.sleep(1)


async def _post(address: str, cookie: str) -> list[float]:
    """When each message was sent, in order."""
    sent: list[float] = []
    cookies = {"sessionid": cookie, "csrftoken": CSRF}
    async with httpx.AsyncClient(cookies=cookies, headers={"X-CSRFToken": CSRF}, timeout=30) as client:
        for number in range(MESSAGES):
            sent.append(time.perf_counter())
            answer = await client.post(BASE + address, data={"body": f"Message {number}.", "key": f"n{number}"})
            if answer.status_code >= 400:
                raise SystemExit(f"{address} answered {answer.status_code}")
            await asyncio.sleep(PAUSE_S)
    return sent


async def measure(laid: dict[str, Any]) -> tuple[list[Listener], list[float]]:
    client = httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=50))
    listeners = [Listener(cookie, laid["topics"], laid["news"], client) for cookie in laid["cookies"]]
    living = [asyncio.create_task(listener.live()) for listener in listeners]
    await asyncio.wait_for(asyncio.gather(*(listener.connected.wait() for listener in listeners)), 120)
    for listener in listeners:
        listener.away.clear()
    await asyncio.sleep(3)
    dropping = asyncio.create_task(_drop_some(listeners, random.Random(5)))
    sent = await _post(laid["post"], laid["poster"])
    dropping.cancel()
    await asyncio.sleep(AWAY_S + 6)
    for task in living:
        task.cancel()
    await client.aclose()
    return listeners, sent


def judge(listeners: list[Listener], sent: list[float], ids: list[int]) -> dict[str, Any]:
    last, typical = [], []
    for at, message in zip(sent, ids, strict=True):
        took = [
            (listener.got[message] - at) * 1000
            for listener in listeners
            if message in listener.got and not listener.was_away(at)
        ]
        last.append(max(took))
        typical.append(median(took))
    last.sort()
    lost = sum(len(set(ids) - listener.got.keys()) for listener in listeners)
    return {
        "listeners": len(listeners),
        "messages": len(ids),
        "messages_a_second": round(len(ids) / (sent[-1] - sent[0]), 1),
        "reconnects": sum(len(listener.away) for listener in listeners),
        "last_p50_ms": round(median(last)),
        "last_p95_ms": round(last[int(len(last) * 0.95)]),
        "last_max_ms": round(last[-1]),
        "typical_p50_ms": round(median(typical)),
        "lost": lost,
        "fetched_after_an_event": sum(listener.fetched for listener in listeners),
        "fetched_in_vain": Counter(why for listener in listeners for why in listener.unread),
        "repeated_by_the_server": sum(listener.repeated for listener in listeners),
    }


def main() -> None:
    data = Path(tempfile.mkdtemp(prefix="td-live-", dir="/tmp"))
    data.chmod(0o755)
    try:
        with installation(data) as process:
            laid = lay_out(data)
            listeners, sent = asyncio.run(measure(laid))
            held = memory_mb(process)
            result = judge(listeners, sent, laid["ids"]())
    finally:
        shutil.rmtree(data, ignore_errors=True)
    result["memory_mb"] = {name: round(size) for name, size in held.items()}
    result["memory_total_mb"] = round(sum(held.values()))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{result['listeners']} listeners, {result['messages']} messages, {result['messages_a_second']} a second")
    print(f"the last has it: p50 {result['last_p50_ms']} ms, p95 {result['last_p95_ms']} ms (bar {BAR_MS})")
    print(f"the typical one has it: p50 {result['typical_p50_ms']} ms")
    print(f"lost {result['lost']} of {LISTENERS * MESSAGES:,} (bar 0), over {result['reconnects']} lost connections")
    print(f"memory of all processes together {result['memory_total_mb']} MB (bar {BAR_MEMORY_MB}):")
    for name, size in result["memory_mb"].items():
        print(f"  {size:>5} MB  {name}")


if __name__ == "__main__":
    main()
