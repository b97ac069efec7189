"""Between HTTP and the operations: who asks, tus headers, refusals as problem details."""

import base64
import binascii
import functools
import hashlib
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError

from twodesks.kit.actor import Actor, Door
from twodesks.kit.problem import Invalid, Problem, SignInNeeded, TooLarge

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

MAX_METADATA = 16 * 1024


class ChecksumMismatch(Problem):
    """tus 1.0, checksum extension: the piece was damaged on its way."""

    code = "checksum-mismatch"
    status = 460
    title = "Damaged on its way"


class UnknownVersion(Problem):
    code = "unknown-version"
    status = 412
    title = "Another version is needed"


class WrongType(Problem):
    code = "wrong-type"
    status = 415
    title = "Another type is needed"


def asking_member(request: HttpRequest) -> Actor:
    """The actor of a request that only members may make. Raises `SignInNeeded`."""
    # People live on a higher floor, so whoever is signed in is known here by this ability alone.
    as_actor: Callable[[Door], Actor] | None = getattr(request.user, "as_actor", None)
    if as_actor is None:
        raise SignInNeeded("Sign in to go on. What has arrived is safe, and the rest waits in this tab.")
    return as_actor(Door.WEB)


def problem_details(view: View[P]) -> View[P]:
    """Answer refusals as RFC 9457 details, whatever the request says it accepts: only programs call here."""

    @functools.wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            response = JsonResponse(
                problem.as_details(), status=problem.status, content_type="application/problem+json"
            )
            response["Cache-Control"] = "no-store"
            if "offset" in problem.extra:
                response["Upload-Offset"] = str(problem.extra["offset"])
            return response

    return answer


def number_header(request: HttpRequest, name: str) -> int | None:
    """A header that holds a count. Raises `Invalid` for anything else; None when absent."""
    text = request.headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid(f"{name} must be a number.", field=name)
    return int(text)


def upload_metadata(request: HttpRequest) -> dict[str, str]:
    """tus `Upload-Metadata`: `key base64, key base64`. Raises `Invalid`."""
    header = request.headers.get("Upload-Metadata", "")
    if len(header) > MAX_METADATA:
        raise Invalid("The description of this file is too long. Shorten its name, and try again.", field="filename")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Invalid("The description of this file cannot be read.", field="Upload-Metadata") from error
    return found


def read_piece(request: HttpRequest, limit: int) -> bytes:
    """The body of a request, up to `limit` bytes; what arrived of it when the connection broke off.

    Raises `TooLarge` before reading a byte, and `ChecksumMismatch` when the piece is not what its sender sent.
    """
    length = number_header(request, "Content-Length") or 0
    if length > limit:
        raise TooLarge(f"Send pieces of at most {limit} bytes.", limit_bytes=limit)
    parts: list[bytes] = []
    got = 0
    try:
        while got < length and (part := request.read(min(length - got, 1 << 18))):
            parts.append(part)
            got += len(part)
    except UnreadablePostError:
        pass
    data = b"".join(parts)
    _require_checksum(request.headers.get("Upload-Checksum"), data)
    return data


def _require_checksum(header: str | None, data: bytes) -> None:
    if header is None:
        return
    algorithm, _, expected = header.partition(" ")
    if algorithm not in ("sha1", "sha256"):
        raise Invalid("Checksums are sha1 or sha256.", field="Upload-Checksum")
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    if base64.b64encode(digest).decode() != expected.strip():
        raise ChecksumMismatch("This piece was damaged on its way, and nothing of it was kept. Send it again.")
