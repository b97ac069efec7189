"""Pages in threads, uploads and downloads without any: the bridge under a real server's messages."""

import asyncio
import gzip
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from twodesks.server.bridge import Bridge

Environ = dict[str, Any]


class Connection:
    """One request and what is answered, message by message."""

    def __init__(self, body: Iterable[bytes] = (b"",), **scope: Any) -> None:
        self.scope = {
            "type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "http_version": "1.1",
            "client": ("10.0.0.1", 5), "server": ("desk", 80), "scheme": "http",
        } | scope  # fmt: skip
        self.pieces = list(body)
        self.gone = asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.before_send: Callable[[], Any] | None = None

    async def receive(self) -> dict[str, Any]:
        if self.pieces:
            piece = self.pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        if self.before_send:
            await self.before_send()
        self.sent.append(message)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent[1:])


def ask(bridge: Bridge, *connections: Connection) -> None:
    async def all_at_once() -> None:
        await asyncio.gather(*(bridge(one.scope, one.receive, one.send) for one in connections))

    asyncio.run(asyncio.wait_for(all_at_once(), 20))


def bridged(application: Callable[[Environ, Callable[..., Any]], Any], **options: Any) -> Bridge:
    return Bridge(application, **({"threads": 1, "body_limit": 4 * 1024 * 1024} | options))


def replying(body: bytes, *headers: tuple[str, str]) -> Callable[[Environ, Callable[..., Any]], list[bytes]]:
    def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(body))), *headers])
        return [body]

    return application


def test_request_is_what_wsgi_says() -> None:
    seen: Environ = {}

    def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        seen.update(environ, body=environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("201 Created", [])
        return []

    headers = [(b"content-type", b"text/x"), (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"x-some", b"thing")]
    one = Connection([b"ab", b"cd"], method="POST", path="/é", query_string=b"q=%C3%A9", headers=headers)
    ask(bridged(application), one)
    assert one.status == 201
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert (seen["QUERY_STRING"], seen["CONTENT_TYPE"], seen["body"]) == ("q=%C3%A9", "text/x", b"abcd")
    assert (seen["HTTP_COOKIE"], seen["HTTP_X_SOME"], seen["REMOTE_ADDR"]) == ("a=1; b=2", "thing", "10.0.0.1")


@pytest.mark.parametrize(("accepted", "smaller"), [(b"gzip, br", True), (b"br", False)])
def test_text_is_compressed_for_those_who_ask(accepted: bytes, smaller: bool) -> None:
    page = b"<p>twice told tales</p>" * 200
    one = Connection(headers=[(b"accept-encoding", accepted)])
    ask(bridged(replying(page, ("ETag", '"1"'), ("Vary", "Cookie"))), one)
    assert (len(one.body) < len(page)) is smaller
    assert one.headers["content-length"] == str(len(one.body))
    if smaller:
        assert gzip.decompress(one.body) == page
        assert one.headers["etag"] == 'W/"1"'
        assert one.headers["vary"] == "Cookie, Accept-Encoding"


def test_slow_download_holds_no_page_thread() -> None:
    """One page thread, a reader that stops in the middle of a large file, and a page that is answered meanwhile."""
    size = 3 * 1024 * 1024

    def application(environ: Environ, start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [])
        if environ["PATH_INFO"] == "/file":
            return environ["wsgi.file_wrapper"](io.BytesIO(b"x" * size))
        return [b"page"]

    async def story() -> None:
        bridge = bridged(application)
        stuck, page = Connection(path="/file"), Connection(path="/page")
        reading = asyncio.Event()
        stuck.before_send = reading.wait
        download = asyncio.ensure_future(bridge(stuck.scope, stuck.receive, stuck.send))
        await asyncio.sleep(0.1)
        await asyncio.wait_for(bridge(page.scope, page.receive, page.send), 5)
        assert page.body == b"page"
        reading.set()
        await asyncio.wait_for(download, 5)
        assert len(stuck.body) == size

    asyncio.run(story())


def test_slow_upload_holds_no_page_thread() -> None:
    async def story() -> None:
        bridge = bridged(replying(b"done"))
        slow, page = Connection(method="POST"), Connection()
        arriving: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        upload = asyncio.ensure_future(bridge(slow.scope, arriving.get, slow.send))
        await arriving.put({"type": "http.request", "body": b"a", "more_body": True})
        await asyncio.wait_for(bridge(page.scope, page.receive, page.send), 5)
        assert page.body == b"done"
        await arriving.put({"type": "http.request", "body": b"b", "more_body": False})
        await asyncio.wait_for(upload, 5)
        assert slow.status == 200

    asyncio.run(story())


def test_stream_ends_and_is_closed_when_its_reader_goes() -> None:
    closed = threading.Event()

    class Endless:
        streaming = True

        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"more"

        def close(self) -> None:
            closed.set()

    def application(environ: Environ, start_response: Callable[..., Any]) -> Endless:
        start_response("200 OK", [])
        return Endless()

    async def story() -> None:
        one = Connection()
        answer = asyncio.ensure_future(bridged(application)(one.scope, one.receive, one.send))
        await asyncio.sleep(0.1)
        one.gone.set()
        await asyncio.wait_for(answer, 5)

    asyncio.run(story())
    assert closed.is_set()


def test_large_body_arrives_whole_and_too_large_a_one_is_refused() -> None:
    def count(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])
        return [str(len(environ["wsgi.input"].read())).encode()]

    bridge = bridged(count)
    fits = Connection([b"x" * 65536] * 48, method="PATCH")
    large = Connection([b"x" * 65536] * 80, method="PATCH")
    ask(bridge, fits, large)
    assert fits.body == str(48 * 65536).encode()
    assert large.status == 413
    assert b"smaller pieces" in large.body


def test_half_a_form_is_not_acted_upon_but_half_a_piece_of_an_upload_is_kept() -> None:
    seen: list[bytes] = []

    def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        seen.append(environ["wsgi.input"].read())
        start_response("204 No Content", [])
        return []

    async def story() -> None:
        for kind in (b"application/x-www-form-urlencoded", b"application/offset+octet-stream"):
            messages: list[dict[str, Any]] = [
                {"type": "http.request", "body": kind[:15], "more_body": True},
                {"type": "http.disconnect"},
            ]

            async def receive(left: list[dict[str, Any]] = messages) -> dict[str, Any]:
                return left.pop(0)

            one = Connection(method="PATCH", headers=[(b"content-type", kind)])
            await bridged(application)(one.scope, receive, one.send)

    asyncio.run(story())
    assert seen == [b"application/offset+octet-stream"[:15]]


def test_more_than_can_wait_is_told_to_come_again() -> None:
    async def story() -> None:
        going_on = threading.Event()

        def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
            going_on.wait(10)
            start_response("200 OK", [])
            return [b"page"]

        bridge = bridged(application, most_waiting=2)
        waiting = [Connection() for _ in range(2)]
        tasks = [asyncio.ensure_future(bridge(one.scope, one.receive, one.send)) for one in waiting]
        await asyncio.sleep(0.1)
        late = Connection()
        await bridge(late.scope, late.receive, late.send)
        assert late.status == 503
        assert late.headers["retry-after"] == "2"
        going_on.set()
        await asyncio.gather(*tasks)
        assert [one.status for one in waiting] == [200, 200]

    asyncio.run(story())


def test_application_that_breaks_is_told_in_words() -> None:
    def application(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        raise RuntimeError("private")

    one = Connection()
    ask(bridged(application), one)
    assert one.status == 500
    assert b"private" not in one.body
    assert b"try once more" in one.body
