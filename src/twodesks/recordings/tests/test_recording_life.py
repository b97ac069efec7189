"""A recording's life as the browser leads it: started, sent in pieces, finished, renamed, filed, discarded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.create_channel import create_channel
from twodesks.recordings.models import Recording
from twodesks.recordings.tests.conftest import Browsers


@pytest.fixture
def private(cast: Cast) -> int:
    return create_channel(actor=acting(cast.bob), name="quiet", visibility="private").pk


def verbs(recording_id: int) -> list[str]:
    rows = Statement.objects.filter(object_type="recording", object_id=recording_id).order_by("pk")
    return [row.verb for row in rows]


def test_recording_is_started_sent_and_finished(browsers: Browsers) -> None:
    bob = browsers.bob
    started = bob.start(title="How the mat works")
    assert started["url"] == f"/recordings/{started['recording_id']}/"
    assert bob.status(started["recording_id"])["state"] == "recording"
    assert bob.send(started["upload_url"], 0, b"first").status_code == 204
    assert bob.send(started["upload_url"], 5, b"second").status_code == 204
    answer = bob.post(f"/recordings/{started['recording_id']}/finish", duration_ms=4200)
    assert answer.status_code == 200
    status = bob.status(started["recording_id"])
    assert status["state"] == "processing"
    assert status["received_bytes"] == 11
    assert status["duration_ms"] == 4200
    assert [step["name"] for step in status["steps"]] == ["receive", "probe", "caption", "structure", "render"]
    assert status["captions"] == {"cues": [], "settled": 0, "final": False, "version": None, "language": ""}
    assert verbs(started["recording_id"]) == ["started", "recorded"]


def test_finishing_twice_is_finishing_once(browsers: Browsers) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"some")
    for duration in (1000, 9000):
        answer = browsers.bob.post(f"/recordings/{started['recording_id']}/finish", duration_ms=duration)
        assert answer.status_code == 200
    assert Recording.objects.get().duration_ms == 1000
    assert verbs(started["recording_id"]) == ["started", "recorded"]
    assert browsers.bob.send(started["upload_url"], 4, b"late").status_code == 409


def test_recording_of_nothing_is_not_finished(browsers: Browsers) -> None:
    started = browsers.bob.start()
    answer = browsers.bob.post(f"/recordings/{started['recording_id']}/finish")
    assert answer.status_code == 422
    assert "Nothing has reached the server" in answer.json()["detail"]
    assert Recording.objects.get().ended_at is None


def test_closed_tab_is_offered_what_is_there(browsers: Browsers, cast: Cast) -> None:
    started = browsers.bob.start(kind="screen", content_type="video/webm;codecs=vp9,opus", title="Torque")
    browsers.bob.start()  # nothing in it, so nothing to offer
    browsers.bob.send(started["upload_url"], 0, b"0123456789")
    Recording.objects.filter(pk=started["recording_id"]).update(created_at=timezone.now() - timedelta(seconds=90))
    [offered] = browsers.bob.get("/recordings/unfinished").json()["recordings"]
    assert offered["recording_id"] == started["recording_id"]
    assert offered["upload_url"] == started["upload_url"]
    assert (offered["title"], offered["kind"], offered["bytes"]) == ("Torque", "screen", 10)
    assert 88 <= offered["seconds"] <= 95
    assert offered["is_live"] is True
    assert browsers.alice.get("/recordings/unfinished").json() == {"member_id": cast.alice.pk, "recordings": []}
    browsers.bob.post(f"/recordings/{started['recording_id']}/finish")
    assert browsers.bob.get("/recordings/unfinished").json()["recordings"] == []


def test_two_tabs_record_side_by_side(browsers: Browsers) -> None:
    first, second = browsers.bob.start(title="One"), browsers.bob.start(title="Two")
    assert first["upload_url"] != second["upload_url"]
    browsers.bob.send(first["upload_url"], 0, b"one")
    browsers.bob.send(second["upload_url"], 0, b"second")
    sizes = {row["title"]: row["bytes"] for row in browsers.bob.get("/recordings/unfinished").json()["recordings"]}
    assert sizes == {"One": 3, "Two": 6}


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"kind": "mind"}, "kind"),
        ({"kind": "file"}, "kind"),
        ({"content_type": "text/html"}, "kind"),
        ({"title": "t" * 201}, "title"),
        ({"channel_id": "many"}, "channel_id"),
    ],
)
def test_nonsense_is_refused_in_words(browsers: Browsers, content: dict[str, object], field: str) -> None:
    answer = browsers.bob.post("/recordings/start", **({"kind": "voice", "content_type": "audio/webm"} | content))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == field
    assert not Recording.objects.exists()


def test_title_is_kept_as_words_whatever_it_holds(browsers: Browsers) -> None:
    started = browsers.bob.start(title=" <script>alert(1)</script>\n שלום 🤖 ")
    assert browsers.bob.status(started["recording_id"])["title"] == "<script>alert(1)</script> שלום 🤖"


def test_private_channel_is_not_there_for_others(browsers: Browsers, private: int) -> None:
    answer = browsers.erin.post("/recordings/start", kind="voice", content_type="audio/webm", channel_id=private)
    assert answer.status_code == 404
    started = browsers.bob.start(channel_id=private)
    assert browsers.erin.get(f"/recordings/{started['recording_id']}/status").status_code == 404
    assert browsers.dave.get(f"/recordings/{started['recording_id']}/status").status_code == 404


def test_recording_is_its_owners_until_it_is_filed(browsers: Browsers, cast: Cast) -> None:
    channel = create_channel(actor=acting(cast.carol), name="open")
    started = browsers.bob.start()
    address = f"/recordings/{started['recording_id']}"
    assert browsers.alice.get(f"{address}/status").status_code == 404
    assert browsers.alice.patch(address, title="Mine now").status_code == 404
    answer = browsers.bob.patch(address, title="The mat", channel_id=channel.pk)
    assert answer.status_code == 200
    assert browsers.alice.status(started["recording_id"])["title"] == "The mat"
    assert browsers.alice.patch(address, title="Mine now").status_code == 403
    assert browsers.bob.patch(address, channel_id=None).status_code == 200
    assert browsers.alice.get(f"{address}/status").status_code == 404
    assert verbs(started["recording_id"]) == ["started", "renamed", "filed", "filed"]


def test_half_of_a_change_is_no_change(browsers: Browsers) -> None:
    started = browsers.bob.start(title="Before")
    answer = browsers.bob.patch(f"/recordings/{started['recording_id']}", title="After", channel_id=4711)
    assert answer.status_code == 404
    assert browsers.bob.status(started["recording_id"])["title"] == "Before"


def test_discarded_recording_is_gone_until_it_is_brought_back(browsers: Browsers) -> None:
    started = browsers.bob.start()
    browsers.bob.send(started["upload_url"], 0, b"words")
    address = f"/recordings/{started['recording_id']}"
    assert browsers.alice.post(f"{address}/discard").status_code == 404
    assert browsers.bob.post(f"{address}/discard").status_code == 204
    assert browsers.bob.get(f"{address}/status").status_code == 404
    assert browsers.bob.get("/recordings/unfinished").json()["recordings"] == []
    assert browsers.erin.post(f"{address}/restore").status_code == 404
    assert browsers.bob.post(f"{address}/restore").status_code == 200
    assert browsers.bob.status(started["recording_id"])["received_bytes"] == 5


def test_dropped_file_becomes_one_recording(browsers: Browsers) -> None:
    upload_id = browsers.bob.upload(b"RIFF and so on", "my_talk.final.wav", "audio/wav")
    first = browsers.bob.post("/recordings/from-upload", upload_id=upload_id)
    assert first.status_code == 201
    assert browsers.bob.status(first.json()["recording_id"])["title"] == "my talk.final"
    again = browsers.bob.post("/recordings/from-upload", upload_id=upload_id)
    assert again.json()["recording_id"] == first.json()["recording_id"]
    assert browsers.alice.post("/recordings/from-upload", upload_id=upload_id).status_code == 404


def test_file_still_on_its_way_is_no_recording_yet(browsers: Browsers) -> None:
    answer = browsers.bob.client.post("/media/uploads/", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
    upload_id = answer["Location"].rpartition("/")[2]
    refused = browsers.bob.post("/recordings/from-upload", upload_id=upload_id)
    assert refused.status_code == 409
    assert "on its way" in refused.json()["detail"]


def test_guest_is_asked_to_sign_in(browsers: Browsers) -> None:
    browsers.bob.client.logout()
    answer = browsers.bob.post("/recordings/start", kind="voice", content_type="audio/webm")
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:twodesks:problem:sign-in-needed"
