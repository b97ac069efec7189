from django.urls import URLPattern, path

from twodesks.recordings.views import api, pages, record

urlpatterns: list[URLPattern] = [
    path("record/", record.record, name="record"),
    path("recordings/<int:recording_id>/", pages.recording, name="recording"),
    path("recordings/start", api.start, name="start-recording"),
    path("recordings/from-upload", api.from_upload, name="recording-from-upload"),
    path("recordings/unfinished", api.unfinished, name="unfinished-recordings"),
    path("recordings/<int:recording_id>", api.change, name="change-recording"),
    path("recordings/<int:recording_id>/status", api.status, name="recording-status"),
    path("recordings/<int:recording_id>/finish", api.finish, name="finish-recording"),
    path("recordings/<int:recording_id>/discard", api.discard, name="discard-recording"),
    path("recordings/<int:recording_id>/restore", api.restore, name="restore-recording"),
]
