"""What a clip in another page needs to play."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from twodesks.kit.problem import NotFound
from twodesks.media.adapter import problem_details
from twodesks.people.identity import member_actor
from twodesks.recordings.pages import playable_of
from twodesks.recordings.queries import get_recording


@require_GET
@problem_details
def media(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Where the recording plays from; `start_ms` chooses the picture that stands for the stretch."""
    recording = get_recording(member_actor(request), recording_id)
    playable = playable_of(recording)
    if playable is None:
        raise NotFound("This recording is not ready to play yet. Try again in a minute.")
    asked = request.GET.get("start_ms", "")
    at = int(asked) if asked.isascii() and asked.isdigit() else 0
    cues = recording.captions.cues if recording.captions else []
    response = JsonResponse(
        {
            "src": playable.src,
            "kind": "video" if playable.is_video else "audio",
            "picture": playable.thumbnail_at(at) if playable.is_video else "",
            "cues": cues,
        }
    )
    response["Cache-Control"] = "private, max-age=600"
    return response
