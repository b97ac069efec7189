"""Files by signed address, in byte ranges, and never as something that a browser could execute."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.http import require_safe

from twodesks.media.engine.ranges import ByteRange, Unsatisfiable, parse_range
from twodesks.media.engine.types import SHOWN_IN_PLACE
from twodesks.media.queries import StoredFile, file_at_address, open_stored, remote_address

if TYPE_CHECKING:
    from django.core.files.base import File

CHUNK = 256 * 1024
OPEN_ENDED_LIMIT = 4 * 1024**2
# Even shown in place, a file may load nothing and run nothing.
POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


@require_safe
def file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """`name` is for people who save the file; the token alone says which it is."""
    found = file_at_address(token)
    is_download = "download" in request.GET or found.content_type not in SHOWN_IN_PLACE
    disposition = _disposition(found.filename, is_download=is_download)
    remote = remote_address(found, disposition)
    if remote is not None:
        return _guarded(HttpResponseRedirect(remote), found, disposition)
    etag = f'"{found.tag}"'
    if etag in request.headers.get("If-None-Match", ""):
        return _guarded(HttpResponse(status=304), found, disposition)
    try:
        wanted = _range(request, found, etag)
    except Unsatisfiable:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{found.total_bytes}"
        return _guarded(refused, found, disposition)
    return _guarded(_send(request, found, wanted), found, disposition)


def _range(request: HttpRequest, found: StoredFile, etag: str) -> ByteRange | None:
    header = request.headers.get("Range")
    if header is None or request.headers.get("If-Range", etag) != etag:
        return None
    return parse_range(header, found.total_bytes, open_ended_limit=OPEN_ENDED_LIMIT)


def _send(request: HttpRequest, found: StoredFile, wanted: ByteRange | None) -> HttpResponseBase:
    part = wanted or ByteRange(0, found.total_bytes - 1)
    response: HttpResponseBase = (
        HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(_Part(open_stored(found), part))
    )
    response["Content-Length"] = str(part.length)
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = wanted.header(found.total_bytes)
    return response


class _Part:
    """Part of an open file, chunk by chunk; closed with the response, also when nothing of it was read."""

    def __init__(self, opened: "File[bytes]", part: ByteRange) -> None:
        self._opened = opened
        self._left = part.length
        opened.seek(part.start)

    def __iter__(self) -> Iterator[bytes]:
        while self._left and (data := self._opened.read(min(CHUNK, self._left))):
            self._left -= len(data)
            yield data

    def close(self) -> None:
        self._opened.close()


def _guarded(response: HttpResponseBase, found: StoredFile, disposition: str) -> HttpResponseBase:
    # A type that is not shown in place is not named either, so that no browser gets ideas.
    response["Content-Type"] = (
        found.content_type if found.content_type in SHOWN_IN_PLACE else "application/octet-stream"
    )
    response["Content-Disposition"] = disposition
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{found.tag}"'
    response["Cache-Control"] = "private, max-age=43200, immutable"
    return response


def _disposition(filename: str, *, is_download: bool) -> str:
    plain = "".join(letter for letter in filename if letter.isascii() and letter.isprintable() and letter not in '"\\')
    kind = "attachment" if is_download else "inline"
    return f"{kind}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(filename)}"
