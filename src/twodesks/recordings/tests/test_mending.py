"""Captions mended, undone, replaced and fetched; chapters and clips: through the door that the page uses."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.create_channel import create_channel
from twodesks.kit.actor import system
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.take_captions import take_captions
from twodesks.recordings.tests.conftest import Browser, Browsers

SPOKEN = ["So that is the swap.", "Park it on the matt.", "Nose to the white line."]


def capture() -> dict[str, Any]:
    """Three cues of two seconds each, as `twodesks capture --json` writes them."""
    cues, words = [], []
    for number, text in enumerate(SPOKEN):
        start = number * 3000
        cues.append({"start_ms": start, "end_ms": start + 2000, "text": text})
        texts = text.split()
        step = 2000 // len(texts)
        words += [
            {"start_ms": start + at * step, "end_ms": start + (at + 1) * step, "text": word, "probability": 0.8}
            for at, word in enumerate(texts)
        ]
    return {
        "duration_ms": 9000,
        "language": "en",
        "model": "base",
        "cues": cues,
        "words": words,
        "chapters": [{"start_ms": 0, "title": "The swap"}, {"start_ms": 3000, "title": "The mat"}],
        "key_points": [],
        "topics": [],
    }


@pytest.fixture
def shared(browsers: Browsers, cast: Cast) -> int:
    """Bob's recording in an open channel, with captions and chapters."""
    channel = create_channel(actor=acting(cast.bob), name="calibration")
    started = browsers.bob.start(channel_id=channel.pk, title="Wren 3 calibration")
    browsers.bob.send(started["upload_url"], 0, b"sound")
    browsers.bob.post(f"/recordings/{started['recording_id']}/finish")
    take_captions(actor=system(), recording_id=started["recording_id"], capture=capture())
    return int(started["recording_id"])


def mend(browser: Browser, recording_id: int, change: str, based_on: int | None, **content: Any) -> Any:
    return browser.post(f"/recordings/{recording_id}/captions/{change}", based_on=based_on, **content)


def texts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [cue["text"] for cue in answer.json()["captions"]["cues"]]


def test_word_is_changed_as_a_new_version_and_undone(browsers: Browsers, shared: int) -> None:
    answer = mend(browsers.alice, shared, "correct", 1, cue=1, text="Park it on the mat.")
    assert texts(answer) == ["So that is the swap.", "Park it on the mat.", "Nose to the white line."]
    content = answer.json()
    assert content["captions"]["version"] == 2
    assert (content["can_undo"], content["can_redo"]) == (True, False)
    changed = next(word for word in content["captions"]["words"] if word["text"] == "mat.")
    assert (changed["start_ms"], changed["probability"]) == (4600, 1.0)
    undone = mend(browsers.bob, shared, "undo", 2)
    assert texts(undone) == SPOKEN
    assert (undone.json()["captions"]["version"], undone.json()["can_redo"]) == (1, True)
    assert "mat." in texts(mend(browsers.bob, shared, "redo", 1))[1]
    assert mend(browsers.bob, shared, "redo", 2).status_code == 422
    assert CaptionTrack.objects.filter(kind="captions").count() == 2
    assert list(Statement.objects.filter(verb="corrected").values_list("actor__name", flat=True)) == [
        "Alice Asker",
        "Bob Explainer",
        "Bob Explainer",
    ]


def test_key_points_follow_the_captions(browsers: Browsers, shared: int) -> None:
    said = {"start_ms": 3000, "end_ms": 5000, "text": "Park it on the matt."}
    Recording.objects.filter(pk=shared).update(key_points=[said])

    def shown() -> str:
        page: str = browsers.alice.get(f"/recordings/{shared}/").content.decode()
        return page.split("Key points")[1].split("</section>")[0]

    mend(browsers.alice, shared, "correct", 1, cue=1, text="Park it on the flat mat.")
    assert "Park it on the flat mat." in shown()
    mend(browsers.alice, shared, "undo", 2)
    assert "Park it on the matt." in shown()


def test_first_version_cannot_be_undone(browsers: Browsers, shared: int) -> None:
    answer = mend(browsers.bob, shared, "undo", 1)
    assert answer.status_code == 422
    assert "nothing to undo" in answer.json()["detail"]


def test_change_after_an_undo_is_a_branch_of_its_own(browsers: Browsers, shared: int) -> None:
    mend(browsers.bob, shared, "correct", 1, cue=0, text="One")
    mend(browsers.bob, shared, "undo", 2)
    answer = mend(browsers.bob, shared, "correct", 1, cue=0, text="Two")
    assert answer.json()["captions"]["version"] == 3
    assert texts(mend(browsers.bob, shared, "undo", 3))[0] == SPOKEN[0]
    assert texts(mend(browsers.bob, shared, "redo", 1))[0] == "Two"


def test_slower_of_two_is_told_and_shown_what_there_is(browsers: Browsers, shared: int) -> None:
    mend(browsers.alice, shared, "correct", 1, cue=0, text="Alice was here.")
    answer = mend(browsers.bob, shared, "correct", 1, cue=0, text="Bob was here.")
    assert answer.status_code == 409
    problem = answer.json()
    assert "Alice" in problem["detail"]
    assert problem["current"]["version"] == 2
    assert problem["current"]["cues"][0]["text"] == "Alice was here."


def test_cues_are_split_joined_and_moved(browsers: Browsers, shared: int) -> None:
    assert texts(mend(browsers.bob, shared, "split", 1, cue=0, word=2))[:2] == ["So that", "is the swap."]
    assert texts(mend(browsers.bob, shared, "merge", 2, cue=0))[0] == SPOKEN[0]
    moved = mend(browsers.bob, shared, "retime", 3, cue=1, start_ms=2500, end_ms=5500)
    assert moved.json()["captions"]["cues"][1] == {"start_ms": 2500, "end_ms": 5500, "text": SPOKEN[1]}


@pytest.mark.parametrize(
    ("change", "content", "words"),
    [
        ("split", {"cue": 0, "word": 0}, "between two of its words"),
        ("split", {"cue": 9, "word": 1}, "not there any more"),
        ("merge", {"cue": 2}, "the last caption"),
        ("retime", {"cue": 1, "start_ms": 1000, "end_ms": 5000}, "before is still on"),
        ("retime", {"cue": 1, "start_ms": 3000, "end_ms": 6500}, "after begins before"),
        ("retime", {"cue": 1, "start_ms": 4000, "end_ms": 4000}, "ends after it begins"),
        ("retime", {"cue": 2, "start_ms": 6000, "end_ms": 90000}, "outside of the recording"),
        ("correct", {"cue": 0, "text": "word " * 200}, "under 500 letters"),
        ("correct", {"cue": 0}, "text"),
        ("correct", {"cue": 10**40, "text": "a"}, "cue"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    browsers: Browsers, shared: int, change: str, content: dict[str, Any], words: str
) -> None:
    answer = mend(browsers.bob, shared, change, 1, **content)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert browsers.bob.get(f"/recordings/{shared}/transcript").json()["captions"]["version"] == 1


def test_script_in_a_caption_stays_text(browsers: Browsers, shared: int) -> None:
    mend(browsers.bob, shared, "correct", 1, cue=0, text="<script>alert(1)</script> & <b>")
    page = browsers.bob.get(f"/recordings/{shared}/captions.vtt").content.decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_empty_text_takes_the_caption_away(browsers: Browsers, shared: int) -> None:
    assert texts(mend(browsers.bob, shared, "correct", 1, cue=1, text="  ")) == [SPOKEN[0], SPOKEN[2]]


def test_captions_of_a_file_take_their_place(browsers: Browsers, shared: int) -> None:
    vtt = "WEBVTT\n\n00:00.000 --> 00:04.000\nPark it on the mat.\n\n00:03.000 --> 00:05.000\nNose first.\n"
    answer = mend(browsers.bob, shared, "replace", 1, text=vtt, filename="mine.vtt")
    assert texts(answer) == ["Park it on the mat.", "Nose first."]
    assert answer.json()["captions"]["cues"][0]["end_ms"] == 3000
    assert [word["text"] for word in answer.json()["captions"]["words"]][:2] == ["Park", "it"]
    assert texts(mend(browsers.bob, shared, "undo", 2)) == SPOKEN


def test_caption_file_may_come_from_a_form(browsers: Browsers, shared: int) -> None:
    srt = "1\r\n00:00:00,000 --> 00:00:02,000\r\nCafé\r\n".encode("latin-1")
    answer = browsers.bob.client.post(
        f"/recordings/{shared}/captions/replace", {"file": SimpleUploadedFile("a.srt", srt), "based_on": "1"}
    )
    assert texts(answer) == ["Café"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dear all, please find enclosed", "not a caption file"),
        ("<html><script>alert(1)</script></html>", "not a caption file"),
        ("", "not a caption file"),
        ("WEBVTT\n\n", "no captions"),
        ("WEBVTT\n\n00:05.000 --> 00:02.000\nBackwards\n", "Line 3"),
        ("WEBVTT\n\n09:00:00.000 --> 09:00:02.000\nFar away\n", "another recording"),
    ],
)
def test_file_that_is_no_caption_file_is_refused_in_words(
    browsers: Browsers, shared: int, text: str, words: str
) -> None:
    answer = mend(browsers.bob, shared, "replace", 1, text=text)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert CaptionTrack.objects.filter(kind="captions").count() == 1


def test_body_of_two_megabytes_is_refused(browsers: Browsers, shared: int) -> None:
    answer = mend(browsers.bob, shared, "replace", 1, text="x" * 2_000_001)
    assert answer.status_code == 413
    assert "Nothing was changed" in answer.json()["detail"]


def test_captions_are_downloaded_in_three_forms(browsers: Browsers, shared: int) -> None:
    vtt = browsers.alice.get(f"/recordings/{shared}/captions.vtt")
    assert vtt["Content-Type"] == "text/vtt; charset=utf-8"
    assert "Wren%203%20calibration.vtt" in vtt["Content-Disposition"]
    assert vtt.content.decode().startswith("WEBVTT\n\n00:00:00.000 --> 00:00:02.000\nSo that is the swap.")
    assert b"00:00:03,000 --> 00:00:05,000" in browsers.alice.get(f"/recordings/{shared}/captions.srt").content
    assert b"Park it on the matt." in browsers.alice.get(f"/recordings/{shared}/captions.txt").content
    assert b"The mat" in browsers.alice.get(f"/recordings/{shared}/chapters.vtt").content
    assert browsers.alice.get(f"/recordings/{shared}/captions.exe").status_code == 404


def test_nothing_of_a_private_recording_is_there_for_others(browsers: Browsers, shared: int) -> None:
    browsers.bob.patch(f"/recordings/{shared}", channel_id=None)
    for address in ("transcript", "captions.vtt", "chapters.vtt", "clips", "status"):
        assert browsers.alice.get(f"/recordings/{shared}/{address}").status_code == 404
    assert mend(browsers.alice, shared, "correct", 1, cue=0, text="Mine").status_code == 404
    assert browsers.alice.post(f"/recordings/{shared}/clips", start_ms=0, end_ms=900, title="A").status_code == 404


def test_chapters_are_named_added_removed_and_undone(browsers: Browsers, shared: int) -> None:
    def change(name: str, based_on: int, **content: Any) -> dict[str, Any]:
        answer = browsers.alice.post(f"/recordings/{shared}/chapters/{name}", based_on=based_on, **content)
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    renamed = change("rename", 1, start_ms=3000, title="Cool, park, torque")
    assert [cue["text"] for cue in renamed["chapters"]["cues"]] == ["The swap", "Cool, park, torque"]
    added = change("add", 2, start_ms=6000, title="The line")
    assert [(cue["start_ms"], cue["end_ms"]) for cue in added["chapters"]["cues"]] == [
        (0, 3000),
        (3000, 6000),
        (6000, 9000),
    ]
    removed = change("remove", 3, start_ms=3000)
    assert [(cue["start_ms"], cue["end_ms"]) for cue in removed["chapters"]["cues"]] == [(0, 6000), (6000, 9000)]
    assert len(change("undo", 4)["chapters"]["cues"]) == 3


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("rename", {"based_on": 1, "start_ms": 5, "title": "A"}, 422),
        ("rename", {"based_on": 1, "start_ms": 0, "title": "  "}, 422),
        ("rename", {"based_on": 1, "start_ms": 0, "title": "t" * 200}, 422),
        ("add", {"based_on": 1, "start_ms": 3000, "title": "Twice"}, 422),
        ("add", {"based_on": 1, "start_ms": 99_000, "title": "Outside"}, 422),
        ("add", {"based_on": 7, "start_ms": 1000, "title": "Late"}, 409),
        ("shuffle", {"based_on": 1}, 404),
    ],
)
def test_chapters_refuse_nonsense(
    browsers: Browsers, shared: int, name: str, content: dict[str, Any], status: int
) -> None:
    assert browsers.bob.post(f"/recordings/{shared}/chapters/{name}", **content).status_code == status


def test_clip_is_cut_listed_and_thrown_away(browsers: Browsers, shared: int) -> None:
    answer = browsers.alice.post(f"/recordings/{shared}/clips", start_ms=3000, end_ms=99_000, title="Park it")
    assert answer.status_code == 201
    clip = answer.json()
    assert clip | {"id": 0} == {
        "id": 0,
        "start_ms": 3000,
        "end_ms": 9000,
        "title": "Park it",
        "made_by": "Alice Asker",
        "is_mine": True,
    }
    assert browsers.bob.get(f"/recordings/{shared}/clips").json()["clips"] == [clip | {"is_mine": False}]
    assert browsers.erin.client.delete(f"/recordings/{shared}/clips/{clip['id']}").status_code == 403
    assert browsers.bob.client.delete(f"/recordings/{shared}/clips/{clip['id']}").status_code == 204
    assert browsers.bob.get(f"/recordings/{shared}/clips").json() == {"clips": []}


@pytest.mark.parametrize(
    "content",
    [
        {"start_ms": 5000, "end_ms": 5100, "title": "Short"},
        {"start_ms": -5, "end_ms": 5000, "title": "Early"},
        {"start_ms": 9500, "end_ms": 12_000, "title": "Late"},
        {"start_ms": 0, "end_ms": 5000, "title": " "},
    ],
)
def test_clips_refuse_nonsense(browsers: Browsers, shared: int, content: dict[str, Any]) -> None:
    assert browsers.bob.post(f"/recordings/{shared}/clips", **content).status_code == 422


def test_captions_cannot_be_mended_before_they_are_there(browsers: Browsers) -> None:
    started = browsers.bob.start()
    answer = mend(browsers.bob, started["recording_id"], "correct", 1, cue=0, text="Early")
    assert answer.status_code == 422
    assert "still being written" in answer.json()["detail"]
