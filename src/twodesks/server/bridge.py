"""Hands pages from the ASGI server to a WSGI application in a bounded pool of threads.

A thread is held only while the application computes. Request bodies are received whole before it starts, and files
and other streams are sent after it has finished, so neither a slow upload nor a slow download keeps a page waiting;
the usual adapters hold a thread for both. docs/decisions/0006-serving.md has the measurements.
"""

import asyncio
import gzip
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any

import structlog

log = structlog.get_logger("twodesks.front")

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[str, str]]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_MEMORY_BYTES = 1024 * 1024
CHUNK_BYTES = 256 * 1024
SMALLEST_TO_COMPRESS = 1024
COMPRESSED_TYPES = ("text/", "application/json", "application/problem+json", "image/svg+xml")
BUSY = b"Twodesks has more to do than it can just now. Nothing was lost; try again in a moment."
BROKEN = b"Something broke on the server. Nothing was lost; go back and try once more."
FULL = b"The server's disk is full. What arrived before is safe; try again once somebody has made room."
UPLOAD_PIECE = b"application/offset+octet-stream"  # tus 1.0: what arrived of one is a valid beginning
TOO_LARGE = b"That is larger than one request may be. Nothing was changed; send it in smaller pieces."


class Refused(Exception):  # noqa: N818 - an answer, not a defect
    """A request that the application never sees."""

    def __init__(self, status: int, text: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.text = text


class FileWrapper:
    """What PEP 3333 calls `wsgi.file_wrapper`: a file that the server may send by itself."""

    def __init__(self, file: IO[bytes], block_size: int = CHUNK_BYTES) -> None:
        self.file = file
        self.block_size = max(block_size, CHUNK_BYTES)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block_size), b"")

    def close(self) -> None:
        if hasattr(self.file, "close"):
            self.file.close()


@dataclass(slots=True)
class Answer:
    status: int = 500
    headers: Headers = field(default_factory=list)
    body: bytes = b""
    stream: Iterator[bytes] | None = None
    close: Callable[[], None] = lambda: None


class Bridge:
    """An ASGI application that answers with a WSGI one."""

    def __init__(
        self, application: Wsgi, *, threads: int = 8, streams: int = 16, most_waiting: int = 128, body_limit: int
    ) -> None:
        self.application = application
        self.most_waiting = most_waiting
        self.body_limit = body_limit
        self.pages = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self.streams = ThreadPoolExecutor(streams, thread_name_prefix="stream")
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if self.waiting >= self.most_waiting:
            await send_text(send, 503, BUSY, [("retry-after", "2")])
            return
        with tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as body:
            try:
                length = await self._receive_body(scope, receive, body)
            except Refused as refusal:
                await send_text(send, refusal.status, refusal.text)
                return
            except ConnectionAbortedError:
                return
            body.seek(0)
            environ = wsgi_environ(scope, body, length)
            self.waiting += 1
            try:
                answer = await _in(self.pages, self._answer, environ)
            except Exception:
                log.exception("page_failed")
                await send_text(send, 500, BROKEN)
                return
            finally:
                self.waiting -= 1
        await self._send(answer, receive, send)

    async def _receive_body(self, scope: Scope, receive: Receive, body: IO[bytes]) -> int:
        """How long the body is that is now in `body`: all of it, or of a piece of an upload what came of it.

        Raises `ConnectionAbortedError` when anything else breaks off, since half a form must not be acted upon.
        """
        if scope["method"] in ("GET", "HEAD"):
            return 0
        length = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                if (b"content-type", UPLOAD_PIECE) in scope["headers"]:
                    return length
                raise ConnectionAbortedError
            chunk = message.get("body", b"")
            length += len(chunk)
            if length > self.body_limit:
                raise Refused(413, TOO_LARGE)
            try:
                if length > IN_MEMORY_BYTES:
                    await _in(self.streams, body.write, chunk)
                else:
                    body.write(chunk)
            except OSError as failure:
                raise Refused(507, FULL) from failure
            if not message.get("more_body"):
                return length

    def _answer(self, environ: dict[str, Any]) -> Answer:
        """Runs in a page thread: ask the application, and take its whole reply unless it is a stream."""
        answer = Answer()

        def start_response(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], None]:
            answer.status = int(status.split(" ", 1)[0])
            answer.headers = [(name.lower(), value) for name, value in headers]
            return lambda data: None

        reply = self.application(environ, start_response)
        close = getattr(reply, "close", lambda: None)
        if isinstance(reply, FileWrapper) or getattr(reply, "streaming", False):
            answer.stream = iter(reply)
            answer.close = close
            return answer
        try:
            answer.body = b"".join(reply)
        finally:
            close()
        compress(answer, environ.get("HTTP_ACCEPT_ENCODING", ""))
        return answer

    async def _send(self, answer: Answer, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": _encoded(answer.headers)})
        if answer.stream is None:
            await send({"type": "http.response.body", "body": answer.body})
            return
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while not gone.done():
                chunk = await _in(self.streams, next, answer.stream, None)
                if chunk is None:
                    break
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
            await _in(self.streams, answer.close)


def wsgi_environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """PEP 3333's picture of an ASGI request whose body is complete."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name == "CONTENT_TYPE":
            environ["CONTENT_TYPE"] = value
        elif name not in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            key = f"HTTP_{name}"
            separator = "; " if name == "COOKIE" else ","
            environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(length) if length or scope["method"] not in ("GET", "HEAD") else ""
    return environ


def compress(answer: Answer, accepted: str) -> None:
    """Gzip what is text, worth it and not a stream. Done in the page's thread: zlib lets others run meanwhile."""
    headers = dict(answer.headers)
    kind = headers.get("content-type", "")
    if (
        len(answer.body) < SMALLEST_TO_COMPRESS
        or "gzip" not in accepted
        or "content-encoding" in headers
        or not kind.startswith(COMPRESSED_TYPES)
        or answer.status in (204, 206, 304)
    ):
        return
    answer.body = gzip.compress(answer.body, compresslevel=4, mtime=0)
    vary = headers.get("vary", "")
    changed = {
        "content-encoding": "gzip",
        "content-length": str(len(answer.body)),
        "vary": f"{vary}, Accept-Encoding" if vary else "Accept-Encoding",
    }
    if headers.get("etag", "").startswith('"'):
        changed["etag"] = f"W/{headers['etag']}"
    kept = [(name, value) for name, value in answer.headers if name not in changed]
    answer.headers = kept + list(changed.items())


async def send_text(send: Send, status: int, text: bytes, headers: Headers | None = None) -> None:
    told = [("content-type", "text/plain; charset=utf-8"), ("content-length", str(len(text))), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": _encoded(told)})
    await send({"type": "http.response.body", "body": text})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _in(pool: Executor, function: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(pool, function, *arguments)


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
