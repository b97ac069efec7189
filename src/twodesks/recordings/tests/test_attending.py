"""What the server does by itself: nothing captured is lost, every step ends, what was thrown away goes in the end."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from structlog.testing import capture_logs

from twodesks.activity.models import Statement
from twodesks.kit.actor import Actor, system
from twodesks.media.models import Upload
from twodesks.media.operations.expire_uploads import expire_uploads
from twodesks.media.queries import staging_path
from twodesks.media.tests import films
from twodesks.recordings.models import ProcessingStep, Recording
from twodesks.recordings.operations.finish_abandoned import finish_abandoned
from twodesks.recordings.operations.finish_recording import finish_recording
from twodesks.recordings.operations.process_recording import process_recording
from twodesks.recordings.operations.purge_discarded import purge_discarded
from twodesks.recordings.operations.revive_recordings import revive_recordings
from twodesks.recordings.operations.run_step import Interrupted, running_step
from twodesks.recordings.tests.conftest import PIECE, Browsers


def later(monkeypatch: pytest.MonkeyPatch, **span: int) -> None:
    """It is that much later now."""
    then = timezone.now() + timedelta(**span)
    monkeypatch.setattr(timezone, "now", lambda: then)


def jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name, status="todo").count()


def forget_jobs() -> None:
    """What an administrator does who empties the queue, or a job that was given up."""
    ProcrastinateJob.objects.all()._raw_delete("default")


def test_closed_tab_is_finished_after_ten_minutes(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"what there is")
    assert finish_abandoned(actor=system()) == 0
    later(monkeypatch, minutes=9)
    assert finish_abandoned(actor=system()) == 0
    later(monkeypatch, minutes=2)
    assert finish_abandoned(actor=system()) == 1
    status = browsers.bob.status(started["recording_id"])
    assert (status["state"], status["received_bytes"]) == ("processing", 13)
    assert Statement.objects.get(verb="recorded").actor is None
    assert jobs("recordings.process") == 1
    assert finish_abandoned(actor=system()) == 0


def test_one_that_cannot_be_finished_holds_up_no_other(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    for browser in (browsers.alice, browsers.bob):
        browser.send(browser.start()["upload_url"], 0, b"what there is")
    hers, his = Recording.objects.order_by("pk")
    later(monkeypatch, minutes=11)

    def hers_goes_first(*, actor: Actor, recording_id: int) -> Recording:
        """She throws it away between the look and the deed."""
        if recording_id == hers.pk:
            assert browsers.alice.post(f"/recordings/{hers.pk}/discard").status_code == 204
        return finish_recording(actor=actor, recording_id=recording_id)

    monkeypatch.setattr("twodesks.recordings.operations.finish_abandoned.finish_recording", hers_goes_first)
    with capture_logs() as logs:
        assert finish_abandoned(actor=system()) == 1
    left = [line["recording_id"] for line in logs if line["event"] == "abandoned_recording_left"]
    assert left == [hers.pk]
    assert browsers.bob.status(his.pk)["state"] == "processing"


def test_announced_length_that_never_came_is_waited_for_no_longer(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = browsers.bob.start()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "500", "Content-Type": PIECE}
    assert browsers.bob.client.patch(started["upload_url"], b"half", headers=headers).status_code == 204
    assert browsers.bob.post(f"/recordings/{started['recording_id']}/finish").status_code == 409
    later(monkeypatch, minutes=11)
    assert finish_abandoned(actor=system()) == 1
    status = browsers.bob.status(started["recording_id"])
    assert (status["state"], status["received_bytes"]) == ("processing", 4)


def test_bytes_of_a_recording_are_discarded_with_it_alone(browsers: Browsers) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"what there is")
    answer = browsers.bob.client.delete(started["upload_url"], headers={"Tus-Resumable": "1.0.0"})
    assert answer.status_code == 409
    assert "Discard the recording" in answer.json()["detail"]
    assert browsers.bob.status(started["recording_id"])["received_bytes"] == 13
    assert browsers.bob.post(f"/recordings/{started['recording_id']}/discard").status_code == 204


def test_recording_whose_bytes_were_discarded_is_cleared_away(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    browsers.bob.send(browsers.bob.start()["upload_url"], 0, b"what there was")
    Upload.objects.update(discarded_at=timezone.now())
    later(monkeypatch, hours=2)
    assert finish_abandoned(actor=system()) == 0
    assert not Recording.objects.filter(discarded_at=None).exists()


def test_recording_that_never_began_is_cleared_away(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers.bob.start()
    later(monkeypatch, minutes=30)
    finish_abandoned(actor=system())
    assert Recording.objects.filter(discarded_at=None).exists()
    later(monkeypatch, minutes=40)
    finish_abandoned(actor=system())
    assert not Recording.objects.filter(discarded_at=None).exists()


def test_lost_jobs_are_deferred_anew_and_given_up_in_words(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"sound")
    browsers.bob.post(f"/recordings/{started['recording_id']}/finish")
    later(monkeypatch, minutes=3)
    assert revive_recordings(actor=system()) == 0  # the jobs are there
    for _ in range(3):
        forget_jobs()
        assert revive_recordings(actor=system()) == 2
        assert (jobs("recordings.process"), jobs("recordings.caption")) == (1, 1)
    for _ in range(10):
        forget_jobs()
        revive_recordings(actor=system())
    assert not ProcessingStep.objects.filter(finished_at=None, failed_at=None).exists()
    status = browsers.bob.status(started["recording_id"])
    assert status["state"] == "failed"
    assert "safe as it came" in status["failure"]
    assert browsers.alice.post(f"/recordings/{started['recording_id']}/retry").status_code == 404
    assert browsers.bob.post(f"/recordings/{started['recording_id']}/retry").status_code == 200
    assert browsers.bob.status(started["recording_id"])["state"] == "processing"
    assert jobs("recordings.process") == 1


def test_nothing_failed_is_nothing_to_retry(browsers: Browsers) -> None:
    started = browsers.bob.start()
    assert browsers.bob.post(f"/recordings/{started['recording_id']}/retry").status_code == 422


def test_discarded_recording_goes_for_good_after_a_week(
    browsers: Browsers,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
    django_capture_on_commit_callbacks: Any,
) -> None:
    upload_id = browsers.bob.upload(films.film("webm", seconds=2, live=True), "a.webm")
    recording_id = browsers.bob.post("/recordings/from-upload", upload_id=upload_id).json()["recording_id"]
    process_recording(actor=system(), recording_id=recording_id)
    kept = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert len(kept) == 3  # original, sound, waveform
    browsers.bob.post(f"/recordings/{recording_id}/discard")
    later(monkeypatch, days=6)
    assert purge_discarded(actor=system()) == 0
    later(monkeypatch, days=2)
    with django_capture_on_commit_callbacks(execute=True):
        assert purge_discarded(actor=system()) == 1
    assert not any(path.exists() for path in kept)
    assert browsers.bob.post(f"/recordings/{recording_id}/restore").status_code == 404


def test_upload_that_nobody_completes_is_removed_after_a_week(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = browsers.bob.client.post("/media/uploads/", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
    browsers.bob.send(answer["Location"], 0, b"half")
    upload_id = answer["Location"].rpartition("/")[2]
    recorded = browsers.bob.start()
    browsers.bob.send(recorded["upload_url"], 0, b"kept")
    later(monkeypatch, days=8)
    assert expire_uploads(actor=system()) == 1
    assert not staging_path(UUID(upload_id)).exists()
    assert staging_path(UUID(recorded["upload_id"])).exists()


def test_rest_of_a_recording_that_was_taken_for_abandoned_is_not_lost(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    film = films.film("webm", seconds=4, live=True)
    half = len(film) // 2
    started = browsers.bob.start()
    recording_id, upload_url = started["recording_id"], started["upload_url"]
    browsers.bob.send(upload_url, 0, film[:half])
    later(monkeypatch, minutes=11)
    assert finish_abandoned(actor=system()) == 1
    process_recording(actor=system(), recording_id=recording_id)
    first = Recording.objects.get().media_file
    assert first is not None
    late = browsers.bob.send(upload_url, half, film[half:])
    assert (late.status_code, late.json()["type"]) == (409, "urn:twodesks:problem:upload-ended")
    for browser in (browsers.alice, browsers.dave):
        assert browser.post(f"/recordings/{recording_id}/reopen").status_code == 404
    assert browsers.bob.post(f"/recordings/{recording_id}/reopen").status_code == 200
    assert browsers.bob.post(f"/recordings/{recording_id}/reopen").status_code == 200  # safe to repeat
    assert finish_abandoned(actor=system()) == 0  # ten minutes begin anew
    process_recording(actor=system(), recording_id=recording_id)  # a job that was late
    assert browsers.bob.status(recording_id)["state"] == "recording"
    assert Recording.objects.get().media_file == first  # to be watched until the whole is there
    assert browsers.bob.send(upload_url, half, film[half:]).status_code == 204
    assert browsers.bob.post(f"/recordings/{recording_id}/finish").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        process_recording(actor=system(), recording_id=recording_id)
    whole = Recording.objects.get().media_file
    assert whole is not None
    with default_storage.open(whole.storage_name) as kept:
        assert kept.read() == film
    assert not default_storage.exists(first.storage_name)
    assert not ProcessingStep.objects.filter(name__in=("receive", "probe", "render"), finished_at=None).exists()


def test_job_at_work_when_its_recording_is_reopened_leaves_the_new_steps_alone(
    browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"sound")
    later(monkeypatch, minutes=11)
    finish_abandoned(actor=system())
    recording = Recording.objects.get()
    with running_step(recording, "caption") as step:
        assert step is not None
        browsers.bob.post(f"/recordings/{recording.pk}/reopen")
        with pytest.raises(Interrupted):
            step.require_open()
    assert not ProcessingStep.objects.exclude(started_at=None, finished_at=None, failed_at=None).exists()


def test_file_that_came_whole_is_not_reopened(browsers: Browsers) -> None:
    upload_id = browsers.bob.upload(b"not much", "a.webm")
    recording_id = browsers.bob.post("/recordings/from-upload", upload_id=upload_id).json()["recording_id"]
    answer = browsers.bob.post(f"/recordings/{recording_id}/reopen")
    assert answer.status_code == 409
    assert "all of it is here" in answer.json()["detail"]


def test_sign_of_life_keeps_a_paused_recording_open(browsers: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"sound")
    later(monkeypatch, minutes=8)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "5", "Content-Type": PIECE}
    assert browsers.bob.client.patch(started["upload_url"], b"", headers=headers).status_code == 204
    later(monkeypatch, minutes=8)
    assert finish_abandoned(actor=system()) == 0


def test_original_that_a_killed_copy_left_in_part_is_stored_whole(browsers: Browsers, settings: LazySettings) -> None:
    film = films.film("webm", seconds=2, live=True)
    upload_id = browsers.bob.upload(film, "a.webm")
    recording_id = browsers.bob.post("/recordings/from-upload", upload_id=upload_id).json()["recording_id"]
    half = Path(settings.MEDIA_ROOT) / f"originals/{timezone.now():%Y/%m}/{upload_id}.webm"
    half.parent.mkdir(parents=True)
    half.write_bytes(film[:100])
    process_recording(actor=system(), recording_id=recording_id)
    file = Recording.objects.get().media_file
    assert file is not None
    with default_storage.open(file.storage_name) as kept:
        assert kept.read() == film
