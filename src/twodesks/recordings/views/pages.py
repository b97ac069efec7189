"""The pages about recordings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from twodesks.people.identity import member_actor
from twodesks.recordings.queries import recording_status


def recording(request: HttpRequest, recording_id: int) -> HttpResponse:
    page = recording_status(member_actor(request), recording_id)
    return render(request, "recordings/recording.html", {"page": page})
