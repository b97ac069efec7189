from django.urls import URLPattern, path

from twodesks.recordings.views import api, calls, clips, downloads, mending, pages, record

urlpatterns: list[URLPattern] = [
    path("record/", record.record, name="record"),
    path("recordings/", pages.recordings, name="recordings"),
    path("recordings/<int:recording_id>/", pages.recording, name="recording"),
    path("recordings/<int:recording_id>/media", clips.media, name="recording-media"),
    path("recordings/start", api.start, name="start-recording"),
    path("recordings/from-upload", api.from_upload, name="recording-from-upload"),
    path("recordings/unfinished", api.unfinished, name="unfinished-recordings"),
    path("recordings/<int:recording_id>", api.change, name="change-recording"),
    path("recordings/<int:recording_id>/status", api.status, name="recording-status"),
    path("recordings/<int:recording_id>/finish", api.finish, name="finish-recording"),
    path("recordings/<int:recording_id>/reopen", api.reopen, name="reopen-recording"),
    path("recordings/<int:recording_id>/discard", api.discard, name="discard-recording"),
    path("recordings/<int:recording_id>/restore", api.restore, name="restore-recording"),
    path("recordings/<int:recording_id>/retry", api.retry, name="retry-recording"),
    path("recordings/<int:recording_id>/transcript", mending.transcript, name="recording-transcript"),
    path("recordings/<int:recording_id>/call-transcript", calls.transcript, name="call-transcript"),
    path("recordings/<int:recording_id>/captions/<slug:change>", mending.change_captions, name="change-captions"),
    path("recordings/<int:recording_id>/chapters/<slug:change>", mending.change_chapters, name="change-chapters"),
    path("recordings/<int:recording_id>/clips", mending.clips, name="recording-clips"),
    path("recordings/<int:recording_id>/clips/<int:clip_id>", mending.clip, name="recording-clip"),
    path("recordings/<int:recording_id>/captions.<slug:form>", downloads.captions, name="download-captions"),
    path("recordings/<int:recording_id>/chapters.vtt", downloads.chapters, name="download-chapters"),
]
