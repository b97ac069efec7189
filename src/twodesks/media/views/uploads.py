"""Uploads by the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload): core, creation,
creation-with-upload, creation-defer-length, expiration, checksum and termination."""

import functools
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from twodesks.kit.problem import Invalid
from twodesks.media.adapter import (
    P,
    UnknownVersion,
    View,
    WrongType,
    asking_member,
    number_header,
    problem_details,
    read_piece,
    upload_metadata,
)
from twodesks.media.operations.discard_upload import discard_upload
from twodesks.media.operations.receive_piece import receive_piece
from twodesks.media.operations.start_upload import start_upload
from twodesks.media.queries import get_upload

if TYPE_CHECKING:
    from twodesks.media.models import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination"
PIECE_TYPE = "application/offset+octet-stream"


def _tus(view: View[P]) -> View[P]:
    """Agree on the version, and say it in every answer, refusals included."""

    @functools.wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = agreed(request, *args, **kwargs)
        response["Tus-Resumable"] = VERSION
        if response.status_code == UnknownVersion.status:
            response["Tus-Version"] = VERSION
        return response

    @problem_details
    def agreed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != VERSION:
            raise UnknownVersion(f"This server speaks tus {VERSION}.")
        return view(request, *args, **kwargs)

    return answer


@require_http_methods(["OPTIONS", "POST"])
@_tus
def uploads(request: HttpRequest) -> HttpResponse:
    """Capabilities, and the beginning of an upload, with its first piece if the sender likes."""
    if request.method == "OPTIONS":
        return _capabilities()
    actor = asking_member(request)
    described = upload_metadata(request)
    upload = start_upload(
        actor=actor,
        filename=described.get("filename", ""),
        content_type=described.get("filetype", ""),
        total_bytes=_announced_length(request),
        purpose=described.get("purpose", "recording"),
    )
    if request.content_type == PIECE_TYPE:
        piece = read_piece(request, settings.UPLOAD_PIECE_BYTES)
        upload = receive_piece(actor=actor, upload_id=upload.pk, offset=0, data=piece)
    response = _progress(upload, status=201)
    response["Location"] = reverse("upload", args=[upload.pk])
    return response


@require_http_methods(["OPTIONS", "HEAD", "PATCH", "DELETE"])
@_tus
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far an upload is, its next piece, and its end."""
    if request.method == "OPTIONS":
        return _capabilities()
    if request.method == "HEAD":
        return _progress(get_upload(asking_member(request), upload_id), status=200)
    if request.method == "DELETE":
        discard_upload(actor=asking_member(request), upload_id=upload_id)
        return HttpResponse(status=204)
    return _receive(request, upload_id)


def _receive(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    actor = asking_member(request)
    if request.content_type != PIECE_TYPE:
        raise WrongType(f"Pieces are sent as {PIECE_TYPE}.")
    offset = number_header(request, "Upload-Offset")
    if offset is None:
        raise Invalid("Say where this piece belongs.", field="Upload-Offset")
    # Read before the row is locked: a slow sender must not hold a transaction open.
    piece = read_piece(request, settings.UPLOAD_PIECE_BYTES)
    received = receive_piece(
        actor=actor,
        upload_id=upload_id,
        offset=offset,
        data=piece,
        total_bytes=number_header(request, "Upload-Length"),
    )
    return _progress(received, status=204)


def _announced_length(request: HttpRequest) -> int | None:
    length = number_header(request, "Upload-Length")
    is_deferred = request.headers.get("Upload-Defer-Length") == "1"
    if (length is None) != is_deferred:
        raise Invalid("Say either how long the file is, or that this comes later.", field="Upload-Length")
    return length


def _progress(upload: "Upload", *, status: int) -> HttpResponse:
    response = HttpResponse(status=status)
    response["Upload-Offset"] = str(upload.received_bytes)
    response["Cache-Control"] = "no-store"
    if upload.total_bytes is None:
        response["Upload-Defer-Length"] = "1"
    else:
        response["Upload-Length"] = str(upload.total_bytes)
    if upload.finished_at is None:
        expires = (upload.last_piece_at or upload.created_at) + timedelta(seconds=settings.UPLOAD_KEEP_SECONDS)
        response["Upload-Expires"] = format_datetime(expires, usegmt=True)
    return response


def _capabilities() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Tus-Version"] = VERSION
    response["Tus-Extension"] = EXTENSIONS
    response["Tus-Max-Size"] = str(settings.UPLOAD_MAX_BYTES)
    response["Tus-Checksum-Algorithm"] = "sha1,sha256"
    return response
