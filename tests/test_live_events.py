"""Live events: told once the transaction commits, to those who may hear, with nothing missed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from django.db import close_old_connections, transaction
from django.test import Client

from tests.cast import Cast, assemble_cast
from twodesks.activity import live, live_views
from twodesks.activity.engine import GAP, WAITING_EVENTS, Event, Listener, Telling
from twodesks.activity.live import Words, allow_topic, allowed_topics, latest_event_id, missed_events, publish
from twodesks.activity.live_views import LiveEvents
from twodesks.activity.models import LiveEvent
from twodesks.kit.actor import Actor, guest
from twodesks.people.models import Member
from twodesks.project.front import identify, listening_address

WAIT_S = 10

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast_of_live(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Bob alone may hear of room 7; everybody who is signed in of room 8."""
    members = assemble_cast()
    monkeypatch.setattr(live, "_policies", {})

    def may_hear(actor: Actor, room: int) -> bool:
        return (room == 7 and actor.member_id == members.bob.pk) or (room == 8 and not actor.is_guest)

    allow_topic("room", may_hear)
    return members


async def in_thread(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    def call() -> Any:
        try:
            return function(*arguments, **named)
        finally:
            close_old_connections()

    return await asyncio.to_thread(call)


class Page:
    """An open page: what the address has sent to it so far."""

    def __init__(self) -> None:
        self.status = 0
        self.pieces: asyncio.Queue[str] = asyncio.Queue()
        self.gone = asyncio.Event()
        self.ended = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        if message["body"]:
            await self.pieces.put(message["body"].decode())
        if not message.get("more_body"):
            self.ended.set()

    async def next_event(self) -> dict[str, Any]:
        while True:
            piece = await asyncio.wait_for(self.pieces.get(), WAIT_S)
            if piece.startswith("id: "):
                number, body = piece.strip().split("\n")
                told: dict[str, Any] = json.loads(body.removeprefix("data: "))
                return told | {"id": int(number.removeprefix("id: "))}


@asynccontextmanager
async def opened(events: LiveEvents, who: Member | None, query: str, last: int | None = None) -> AsyncIterator[Page]:
    headers = []
    if who is not None:
        headers.append((b"cookie", await in_thread(session_cookie, who)))
    if last is not None:
        headers.append((b"last-event-id", str(last).encode()))
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/live/events", "scheme": "http",
        "query_string": query.encode(), "headers": headers, "server": ("localhost", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    page = Page()
    task = asyncio.ensure_future(events(scope, page.receive, page.send))
    try:
        if last is None:
            await listening(page, task)
        yield page
    finally:
        page.gone.set()
        await asyncio.wait_for(task, WAIT_S)


async def listening(page: Page, task: "asyncio.Future[None]") -> None:
    """Until the page is connected: the first piece is the time after which to reconnect, or the answer is over."""
    for _ in range(WAIT_S * 100):
        if not page.pieces.empty() or task.done():
            await asyncio.sleep(0.3)  # LISTEN and the number of the latest event follow at once
            return
        await asyncio.sleep(0.01)


def session_cookie(member: Member) -> bytes:
    client = Client()
    client.force_login(member)
    return f"sessionid={client.cookies['sessionid'].value}".encode()


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs a story in a loop of its own thread: this one may have Playwright's loop, which tests before it began."""

    def in_loop(story: Coroutine[Any, Any, None]) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, asyncio.wait_for(story, 60)).result()

    return in_loop


@pytest.fixture
def events() -> Iterator[LiveEvents]:
    application = LiveEvents(identify, listening_address)
    yield application
    application._threads.shutdown()


Run = Callable[[Coroutine[Any, Any, None]], None]


def test_page_hears_what_is_published(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:7") as page:
            assert page.status == 200
            await in_thread(publish, "room:7", "captions", done=40)
            told = await page.next_event()
            assert (told["topic"], told["kind"], told["done"]) == ("room:7", "captions", 40)

    run(story())


def test_what_is_rolled_back_is_never_heard(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    def change_one_s_mind() -> None:
        with transaction.atomic():
            publish("room:7", "captions", done=1)
            transaction.set_rollback(True)
        publish("room:7", "captions", done=2)

    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:7") as page:
            await in_thread(change_one_s_mind)
            assert (await page.next_event())["done"] == 2

    run(story())


@pytest.mark.parametrize("topic", ["room:7", "room:9999", "nothing:1", "room:x", "", "room:7:7"])
def test_hidden_and_absent_topics_are_answered_alike(
    cast_of_live: Cast, events: LiveEvents, run: Run, topic: str
) -> None:
    async def story() -> None:
        async with opened(events, cast_of_live.erin, f"topic={topic}") as page:
            assert page.status == 204
            assert page.pieces.empty()

    run(story())


def test_guest_hears_nothing(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    async def story() -> None:
        async with opened(events, None, "topic=room:8&topic=member") as page:
            assert page.status == 204

    run(story())
    assert allowed_topics(guest(), ["room:8", "member"]) == frozenset()


def test_member_hears_own_news_only(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    async def story() -> None:
        async with opened(events, cast_of_live.alice, f"topic=member&topic=member:{cast_of_live.bob.pk}") as page:
            await in_thread(publish, f"member:{cast_of_live.bob.pk}", "thanks")
            await in_thread(publish, f"member:{cast_of_live.alice.pk}", "thanks", by="Bob")
            assert (await page.next_event())["by"] == "Bob"

    run(story())


def test_reconnected_page_hears_what_it_missed(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    publish("room:8", "one")
    seen = latest_event_id()
    LiveEvent.objects.update(created_at="2026-01-01T00:00Z")
    publish("room:8", "two")
    publish("room:7", "hidden")
    publish("room:8", "three")

    async def story() -> None:
        async with opened(events, cast_of_live.erin, "topic=room:8&topic=room:7", last=seen) as page:
            assert [(await page.next_event())["kind"], (await page.next_event())["kind"]] == ["two", "three"]

    run(story())


def test_event_that_commits_late_is_not_missed(cast_of_live: Cast) -> None:
    publish("room:8", "late")
    late = latest_event_id()
    publish("room:8", "early")
    assert [event.id for event in missed_events(["room:8"], late + 1)] == [late]


def test_large_event_is_heard_whole(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    words = "é" * 10_000

    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:7") as page:
            await in_thread(publish, "room:7", "words", text=words)
            assert (await page.next_event())["text"] == words

    run(story())


def test_lost_database_connection_loses_no_event(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    def cut_and_publish() -> None:
        with psycopg.connect(listening_address(), autocommit=True) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'twodesks live'"
            )
        publish("room:7", "meanwhile")

    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:7") as page:
            await in_thread(cut_and_publish)
            assert (await page.next_event())["kind"] == "meanwhile"
            await in_thread(publish, "room:7", "afterwards")
            assert (await page.next_event())["kind"] == "afterwards"

    run(story())


def test_listening_ends_with_the_right_to_it(
    cast_of_live: Cast, events: LiveEvents, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_views, "RIGHTS_HOLD_FOR_S", 0.0)
    monkeypatch.setattr(live_views, "HEARTBEAT_S", 0.05)

    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:7") as page:
            assert not page.ended.is_set()
            allow_topic("room", lambda actor, room: False)
            await asyncio.wait_for(page.ended.wait(), WAIT_S)

    run(story())


def test_five_hundred_pages_share_one_connection(cast_of_live: Cast, events: LiveEvents, run: Run) -> None:
    def connections_of_hub() -> int:
        with psycopg.connect(listening_address()) as database:
            row = database.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'twodesks live'"
            ).fetchone()
        assert row is not None
        return int(row[0])

    async def story() -> None:
        async with opened(events, cast_of_live.bob, "topic=room:8") as first:
            hub = events._hub
            assert hub is not None
            heard = []
            with_listeners = [hub.listening(frozenset({"room:8"})) for _ in range(499)]
            listeners = [manager.__enter__() for manager in with_listeners]
            await in_thread(publish, "room:8", "to all")
            assert (await first.next_event())["kind"] == "to all"
            heard = [await asyncio.wait_for(listener.queue.get(), WAIT_S) for listener in listeners]
            assert len(heard) == 499
            assert await in_thread(connections_of_hub) == 1
            for manager in with_listeners:
                manager.__exit__(None, None, None)

    run(story())


def test_news_is_drawn_once_and_only_for_those_it_is_for(
    cast_of_live: Cast, events: LiveEvents, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, frozenset[int]]] = []

    def draw(room: int, told: Sequence[dict[str, Any]], members: frozenset[int]) -> list[Words]:
        asked.append((room, members))
        if told[0]["id"] == 0:
            raise ValueError
        return [{cast_of_live.bob.pk: {"html": "<p>words</p>"}}]

    monkeypatch.setattr(live, "_drawers", {})
    live.draw_with("room", "message", draw)

    async def story() -> None:
        async with (
            opened(events, cast_of_live.bob, "topic=room:8") as bob,
            opened(events, cast_of_live.erin, "topic=room:8") as erin,
        ):
            await in_thread(publish, "room:8", "message", id=5)
            assert (await bob.next_event())["html"] == "<p>words</p>"
            assert "html" not in await erin.next_event()
            assert asked == [(8, frozenset({cast_of_live.bob.pk, cast_of_live.erin.pk}))]
            await in_thread(publish, "room:8", "message", id=0)
            assert "html" not in await bob.next_event()

    run(story())


def test_who_comes_back_at_once_is_told_the_words_that_were_drawn_meanwhile(
    cast_of_live: Cast, events: LiveEvents, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_for: list[frozenset[int]] = []

    def draw(room: int, told: Sequence[dict[str, Any]], members: frozenset[int]) -> list[Words]:
        drawn_for.append(members)
        return [dict.fromkeys(members, words) for words in ({"html": f"<p>{one['id']}</p>"} for one in told)]

    monkeypatch.setattr(live, "_drawers", {("room", "said"): draw})

    async def story() -> None:
        before = await in_thread(latest_event_id)
        async with opened(events, cast_of_live.alice, "topic=room:8") as alice:
            async with opened(events, cast_of_live.bob, "topic=room:8"):
                pass
            await in_thread(publish, "room:8", "said", id=41)
            await in_thread(publish, "room:8", "said", id=42)
            assert [(await alice.next_event())["html"] for _ in range(2)] == ["<p>41</p>", "<p>42</p>"]
            await in_thread(publish, "room:8", "changed", id=42)
            await alice.next_event()
            async with opened(events, cast_of_live.bob, "topic=room:8", last=before) as bob:
                heard = [await bob.next_event() for _ in range(3)]
            assert [told.get("html") for told in heard] == ["<p>41</p>", "<p>42</p>", None]
            async with opened(events, cast_of_live.erin, "topic=room:8", last=heard[0]["id"]) as erin:
                assert [(await erin.next_event()).get("html") for _ in range(2)] == ["<p>42</p>", None]

    run(story())
    alice, bob, erin = cast_of_live.alice.pk, cast_of_live.bob.pk, cast_of_live.erin.pk
    # Drawn anew: what was changed since it was drawn, and what nobody thought that Erin would come back for.
    assert drawn_for == [frozenset({alice, bob}), frozenset({alice, bob}), frozenset({bob}), frozenset({erin})]


def test_slow_page_catches_up_instead_of_filling_memory() -> None:
    async def story() -> None:
        listener = Listener(frozenset({"room:8"}))
        for number in range(WAITING_EVENTS * 3):
            listener.put(Telling.of(Event(number, "room:8", "news", {})))
        assert listener.queue.qsize() <= WAITING_EVENTS
        assert listener.queue.get_nowait() is GAP

    asyncio.run(story())
