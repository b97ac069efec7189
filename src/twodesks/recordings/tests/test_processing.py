"""From bytes to something that can be watched and read, with the real speech model and real files."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from twodesks.activity.models import LiveEvent, Statement
from twodesks.kit.actor import system
from twodesks.media.queries import renditions_of
from twodesks.media.tests import films
from twodesks.recordings.models import CaptionTrack, ProcessingStep, Recording
from twodesks.recordings.operations.caption_recording import caption_recording
from twodesks.recordings.operations.illustrate_recording import illustrate_recording
from twodesks.recordings.operations.process_recording import process_recording
from twodesks.recordings.operations.run_step import RunningStep
from twodesks.recordings.operations.structure_recording import structure_recording
from twodesks.recordings.tests.conftest import Browser, Browsers
from twodesks.speech.live import LiveCaptioner

pytestmark = pytest.mark.speech


@pytest.fixture(autouse=True)
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWODESKS_SPEECH_MODEL", "tiny.en")


def work(recording_id: int) -> None:
    """What the worker does once a recording has ended."""
    for operation in (process_recording, caption_recording, structure_recording, illustrate_recording):
        operation(actor=system(), recording_id=recording_id)


def drop(browser: Browser, content: bytes, filename: str, **more: Any) -> int:
    upload_id = browser.upload(content, filename)
    answer = browser.post("/recordings/from-upload", upload_id=upload_id, **more)
    assert answer.status_code == 201, answer.content
    return int(answer.json()["recording_id"])


def spoken(status: dict[str, Any]) -> str:
    return " ".join(" ".join(cue["text"] for cue in status["captions"]["cues"]).split()).lower()


def states(status: dict[str, Any]) -> dict[str, str]:
    return {step["name"]: step["state"] for step in status["steps"]}


def original() -> Any:
    """The one file there is."""
    return Recording.objects.get().media_file


@pytest.fixture
def bob(browsers: Browsers) -> Browser:
    return browsers.bob


def test_dropped_film_can_be_watched_and_read(bob: Browser) -> None:
    recording_id = drop(bob, films.film("webm", seconds=12, video="libvpx", live=True), "Torque.webm")
    work(recording_id)
    status = bob.status(recording_id)
    assert states(status) == dict.fromkeys(("receive", "probe", "caption", "structure", "render"), "finished")
    assert status["state"] == "ready"
    assert status["duration_ms"] == pytest.approx(12_000, abs=200)
    assert status["captions"]["final"] is True
    assert status["captions"]["version"] == 1
    assert "best of times" in spoken(status)
    made = {rendition.kind: rendition for rendition in renditions_of(original().pk)}
    assert set(made) == {"video", "poster", "waveform"}
    assert len(made["waveform"].data["peaks"]) > 100
    track = CaptionTrack.objects.get(kind="captions")
    assert track.model == "tiny.en"
    assert " ".join(word["text"] for word in track.words) == " ".join(" ".join(c["text"] for c in track.cues).split())
    assert "captioned" in Statement.objects.values_list("verb", flat=True)


def test_work_done_twice_is_done_once(bob: Browser) -> None:
    recording_id = drop(bob, films.wav(6), "note.wav")
    work(recording_id)
    verbs, made = list(Statement.objects.values_list("verb", flat=True)), renditions_of(original().pk)
    work(recording_id)
    assert list(Statement.objects.values_list("verb", flat=True)) == verbs
    assert renditions_of(original().pk) == made
    assert CaptionTrack.objects.count() == 1


def test_original_can_be_played_before_it_is_rendered(bob: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    content = films.film("webm", seconds=4, video="libvpx", live=True)
    recording_id = drop(bob, content, "a.webm")
    process_recording(actor=system(), recording_id=recording_id)
    assert original().total_bytes == len(content)
    assert bob.status(recording_id)["duration_ms"] == pytest.approx(4000, abs=200)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: b"<html><script>alert(1)</script>", "not a recording"),
        (lambda: b"\x1aE\xdf\xa3" + bytes(50), "too much of it is missing"),
        (lambda: films.mp4_without_index(films.film("mp4", video="libx264", audio="aac")), "too much of it is missing"),
    ],
)
def test_what_cannot_be_played_is_said_and_kept(bob: Browser, content: Callable[[], bytes], words: str) -> None:
    given = content()
    recording_id = drop(bob, given, "thing.webm")
    work(recording_id)
    status = bob.status(recording_id)
    assert status["state"] == "failed"
    assert words in status["failure"]
    assert states(status)["receive"] == "finished"
    assert all(state in ("finished", "failed") for state in states(status).values())
    assert original().total_bytes == len(given)


def test_film_without_sound_can_be_watched_and_says_why_there_are_no_captions(bob: Browser) -> None:
    recording_id = drop(bob, films.film("webm", video="libvpx", audio=None, live=True), "silent.webm")
    work(recording_id)
    status = bob.status(recording_id)
    assert status["state"] == "ready"
    assert states(status) | {"caption": ""} == dict.fromkeys(
        ("receive", "probe", "structure", "render"), "finished"
    ) | {"caption": ""}
    [caption] = [step for step in status["steps"] if step["name"] == "caption"]
    assert caption["state"] == "failed"
    assert "no sound" in caption["failure"]


@pytest.mark.parametrize("sound", [films.silence, films.noise])
def test_silence_and_noise_give_no_words(bob: Browser, sound: Callable[[float], Any]) -> None:
    recording_id = drop(bob, films.wav(20, sound), "quiet.wav")
    work(recording_id)
    status = bob.status(recording_id)
    assert status["state"] == "ready"
    assert status["captions"]["final"] is True
    assert status["captions"]["cues"] == []


def test_format_with_its_index_at_the_end_is_read(bob: Browser) -> None:
    recording_id = drop(bob, films.film("mp4", seconds=6, video="libx264", audio="aac"), "film.mp4")
    work(recording_id)
    assert "best of times" in spoken(bob.status(recording_id))


def test_untitled_recording_gets_a_title_from_what_was_said(bob: Browser) -> None:
    started = bob.start()
    content = films.film("webm", seconds=20, live=True)
    bob.send(started["upload_url"], 0, content)
    bob.post(f"/recordings/{started['recording_id']}/finish")
    work(started["recording_id"])
    assert bob.status(started["recording_id"])["title"]


class Died(BaseException):
    """What a killed process looks like from inside."""


def test_killed_captioning_goes_on_from_where_it_was(bob: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    content = films.film("webm", seconds=40, live=True)
    recording_id = drop(bob, content, "long.webm")
    fed: list[float] = []
    feed = LiveCaptioner.feed

    def counted(self: LiveCaptioner, pcm: Any, **more: Any) -> Any:
        fed.append(len(pcm) / 16_000)
        return feed(self, pcm, **more)

    keep = RunningStep.keep

    def kept_then_died(self: Any, checkpoint: dict[str, Any]) -> None:
        keep(self, checkpoint)
        if checkpoint["settled"]:
            raise Died

    monkeypatch.setattr(LiveCaptioner, "feed", counted)
    with monkeypatch.context() as dying:
        dying.setattr(RunningStep, "keep", kept_then_died)
        with pytest.raises(Died):
            caption_recording(actor=system(), recording_id=recording_id)
    step = ProcessingStep.objects.get(name="caption")
    assert step.finished_at is None
    settled = step.checkpoint["settled"]
    assert settled
    seen = bob.status(recording_id)["captions"]
    assert seen["final"] is False
    assert len(seen["cues"]) >= settled
    fed.clear()
    caption_recording(actor=system(), recording_id=recording_id)
    assert sum(fed) < 38
    [track] = CaptionTrack.objects.filter(kind="captions")
    words = [word["text"].lower().strip(".,") for word in track.words]
    assert words[:5] == ["it", "was", "the", "best", "of"]
    times = [word["start_ms"] for word in track.words]
    assert times == sorted(times)
    assert times[-1] > 30_000


@pytest.mark.django_db(transaction=True)
def test_captions_arrive_while_somebody_talks(bob: Browser) -> None:
    content = films.film("webm", seconds=25, live=True)
    started = bob.start()
    recording_id = started["recording_id"]
    failures: list[BaseException] = []

    def worker() -> None:
        try:
            caption_recording(actor=system(), recording_id=recording_id)
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connections.close_all()

    following = threading.Thread(target=worker)
    following.start()
    sent = 0
    piece = len(content) // 10
    while sent < len(content):
        assert bob.send(started["upload_url"], sent, content[sent : sent + piece]).status_code == 204
        sent = min(sent + piece, len(content))
        time.sleep(1)
    deadline = time.monotonic() + 60
    while not bob.status(recording_id)["captions"]["cues"]:
        assert time.monotonic() < deadline, failures
        time.sleep(0.2)
    while_talking = bob.status(recording_id)
    assert while_talking["state"] == "recording"
    assert while_talking["captions"]["final"] is False
    assert "best of times" in spoken(while_talking)
    bob.post(f"/recordings/{recording_id}/finish", duration_ms=25_000)
    following.join(60)
    assert not following.is_alive()
    assert failures == []
    status = bob.status(recording_id)
    assert status["captions"]["final"] is True
    names = list(LiveEvent.objects.filter(topic=f"recording:{recording_id}").values_list("name", flat=True))
    assert names.index("captions") < names.index("track")
    assert Recording.objects.get().captions is not None
