"""Captions and chapters as files."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from twodesks.kit.problem import NotFound
from twodesks.kit.webvtt import Cue, to_srt, to_text, to_vtt
from twodesks.people.identity import member_actor
from twodesks.recordings.queries import get_recording, track_state

FORMATS = {
    "vtt": (to_vtt, "text/vtt; charset=utf-8"),
    "srt": (to_srt, "application/x-subrip; charset=utf-8"),
    "txt": (to_text, "text/plain; charset=utf-8"),
}


@never_cache
@require_safe
def captions(request: HttpRequest, recording_id: int, form: str) -> HttpResponse:
    """`vtt` is what players fetch, too; every form is a download when opened by itself."""
    return _download(request, recording_id, "captions", form)


@never_cache
@require_safe
def chapters(request: HttpRequest, recording_id: int) -> HttpResponse:
    return _download(request, recording_id, "chapters", "vtt")


def _download(request: HttpRequest, recording_id: int, kind: str, form: str) -> HttpResponse:
    actor = member_actor(request)
    if form not in FORMATS:
        raise NotFound
    recording = get_recording(actor, recording_id)
    state = track_state(actor, recording_id, kind)
    if state.version is None:
        raise NotFound(f"There are no {kind} of this recording yet. Try again when they are ready.")
    write, content_type = FORMATS[form]
    response = HttpResponse(
        write(Cue(cue["start_ms"], cue["end_ms"], cue["text"], cue.get("speaker", "")) for cue in state.cues),
        content_type=content_type,
    )
    name = "".join(letter if letter.isalnum() or letter in " -_" else " " for letter in recording.title).strip()
    ending = form if kind == "captions" else f"{kind}.{form}"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name or kind}.{ending}')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
