"""Recordings for the browser: the JSON that a recording page speaks."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from twodesks.media.adapter import problem_details
from twodesks.people.identity import member_actor
from twodesks.recordings.forms import ChangeRecording, FinishRecording, StartRecording, TakeUploadedFile, read_form
from twodesks.recordings.operations.discard_recording import discard_recording
from twodesks.recordings.operations.file_recording import file_recording
from twodesks.recordings.operations.finish_recording import finish_recording
from twodesks.recordings.operations.rename_recording import rename_recording
from twodesks.recordings.operations.reopen_recording import reopen_recording
from twodesks.recordings.operations.restore_recording import restore_recording
from twodesks.recordings.operations.retry_recording import retry_recording
from twodesks.recordings.operations.start_recording import start_recording
from twodesks.recordings.operations.take_uploaded_file import take_uploaded_file
from twodesks.recordings.queries import recording_status, unfinished_recordings


def _upload_url(upload_id: UUID) -> str:
    return reverse("upload", args=[upload_id])


def _recording_url(recording_id: int) -> str:
    return reverse("recording", args=[recording_id])


@require_POST
@problem_details
def start(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    form = read_form(request, StartRecording)
    recording = start_recording(actor=actor, **form.model_dump())
    assert recording.upload_id is not None  # noqa: S101 - just made
    return JsonResponse(
        {
            "recording_id": recording.pk,
            "member_id": recording.owner_id,
            "upload_id": recording.upload_id,
            "upload_url": _upload_url(recording.upload_id),
            "url": _recording_url(recording.pk),
        },
        status=201,
    )


@require_POST
@problem_details
def from_upload(request: HttpRequest) -> HttpResponse:
    actor = member_actor(request)
    form = read_form(request, TakeUploadedFile)
    recording = take_uploaded_file(actor=actor, **form.model_dump())
    return JsonResponse({"recording_id": recording.pk, "url": _recording_url(recording.pk)}, status=201)


@require_GET
@problem_details
def unfinished(request: HttpRequest) -> HttpResponse:
    """What a browser may take up again, and for whom: a tab may be older than who is signed in now."""
    actor = member_actor(request)
    found: list[dict[str, Any]] = [
        {
            "recording_id": recording.recording_id,
            "title": recording.title,
            "kind": recording.kind,
            "started_at": recording.started_at,
            "last_piece_at": recording.last_piece_at,
            "upload_url": _upload_url(recording.upload_id),
            "url": _recording_url(recording.recording_id),
            "bytes": recording.received_bytes,
            "seconds": recording.seconds,
            "is_live": recording.is_live,
        }
        for recording in unfinished_recordings(actor)
    ]
    return _fresh({"member_id": actor.require_member(), "recordings": found})


@require_GET
@problem_details
def status(request: HttpRequest, recording_id: int) -> HttpResponse:
    content = recording_status(member_actor(request), recording_id).as_json()
    return _fresh(content | {"url": _recording_url(recording_id)})


@require_POST
@problem_details
def finish(request: HttpRequest, recording_id: int) -> HttpResponse:
    actor = member_actor(request)
    form = read_form(request, FinishRecording)
    recording = finish_recording(actor=actor, recording_id=recording_id, duration_ms=form.duration_ms)
    return JsonResponse({"recording_id": recording.pk, "url": _recording_url(recording.pk)})


@require_POST
@problem_details
def reopen(request: HttpRequest, recording_id: int) -> HttpResponse:
    recording = reopen_recording(actor=member_actor(request), recording_id=recording_id)
    return JsonResponse({"recording_id": recording.pk, "url": _recording_url(recording.pk)})


@require_POST
@problem_details
def discard(request: HttpRequest, recording_id: int) -> HttpResponse:
    discard_recording(actor=member_actor(request), recording_id=recording_id)
    return HttpResponse(status=204)


@require_POST
@problem_details
def restore(request: HttpRequest, recording_id: int) -> HttpResponse:
    recording = restore_recording(actor=member_actor(request), recording_id=recording_id)
    return JsonResponse({"recording_id": recording.pk, "url": _recording_url(recording.pk)})


@require_POST
@problem_details
def retry(request: HttpRequest, recording_id: int) -> HttpResponse:
    recording = retry_recording(actor=member_actor(request), recording_id=recording_id)
    return JsonResponse({"recording_id": recording.pk, "url": _recording_url(recording.pk)})


@require_http_methods(["PATCH"])
@problem_details
def change(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Title, channel, or both at once."""
    actor = member_actor(request)
    form = read_form(request, ChangeRecording)
    with transaction.atomic():
        if "title" in form.model_fields_set and form.title is not None:
            rename_recording(actor=actor, recording_id=recording_id, title=form.title)
        if "channel_id" in form.model_fields_set:
            file_recording(actor=actor, recording_id=recording_id, channel_id=form.channel_id)
    content = recording_status(actor, recording_id).as_json()
    return _fresh(content | {"url": _recording_url(recording_id)})


def _fresh(content: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(content)
    response["Cache-Control"] = "no-store"
    return response
