"""Calls: the transcript that the meeting tool wrote, brought to a recording."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from twodesks.kit.problem import Invalid, Problem
from twodesks.media.adapter import problem_details
from twodesks.people.identity import member_actor
from twodesks.recordings.operations.take_transcript import MOST_BYTES, take_transcript
from twodesks.recordings.pages import recording_page


@require_POST
def transcript(request: HttpRequest, recording_id: int) -> HttpResponse:
    """A form with `file`, and `anyway` to take what seems to be another call's. A page's script asks for JSON; without
    one the recording's page comes back, with what was wrong if something was."""
    if "text/html" not in request.headers.get("Accept", ""):
        return _as_json(request, recording_id)
    try:
        _take(request, recording_id)
    except Problem as problem:
        page = recording_page(member_actor(request), recording_id)
        return render(
            request, "recordings/recording.html", {"page": page, "refusal": problem.detail}, status=problem.status
        )
    return HttpResponseRedirect(reverse("recording", args=[recording_id]))


@problem_details
def _as_json(request: HttpRequest, recording_id: int) -> HttpResponse:
    _take(request, recording_id)
    return JsonResponse({"recording_id": recording_id, "url": reverse("recording", args=[recording_id])})


def _take(request: HttpRequest, recording_id: int) -> None:
    actor = member_actor(request)
    file = request.FILES.get("file")
    if file is None or isinstance(file, list):
        raise Invalid("Choose the call’s transcript: .vtt, .srt, .txt or .docx.", field="file")
    based_on = request.POST.get("based_on", "")
    take_transcript(
        actor=actor,
        recording_id=recording_id,
        data=file.read(MOST_BYTES + 1),
        filename=file.name or "",
        based_on=int(based_on) if based_on.isascii() and based_on.isdigit() and len(based_on) < 10 else None,
        anyway=request.POST.get("anyway") == "1",
    )
