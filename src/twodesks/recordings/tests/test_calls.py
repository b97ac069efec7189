"""Calls: a meeting tool's transcript brought to a recording, before and after its words were heard; who speaks."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.operations.create_channel import create_channel
from twodesks.kit.actor import system
from twodesks.media.tests import films
from twodesks.people.operations.add_member import add_member
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.caption_recording import caption_recording
from twodesks.recordings.operations.process_recording import process_recording
from twodesks.recordings.operations.structure_recording import structure_recording
from twodesks.recordings.operations.take_captions import take_captions
from twodesks.recordings.tests.conftest import Browser, Browsers
from twodesks.recordings.tests.test_transcripts import SAMPLES, SPOKEN

HEARD_FROM_MS = 2000
WORD_MS = 330


def heard() -> dict[str, Any]:
    """What our own captioning makes of the sample call: most words, some of them misheard, and nobody's names."""
    words, cues, at = [], [], HEARD_FROM_MS
    for _, _, text in SPOKEN:
        start = at
        said = [
            text if number % 9 else "um" for number, text in enumerate(text.lower().replace(".", "").split(), start=1)
        ]
        for word in said:
            words.append({"start_ms": at, "end_ms": at + WORD_MS, "text": word, "probability": 0.7})
            at += WORD_MS
        cues.append({"start_ms": start, "end_ms": at, "text": " ".join(said)})
        at += 900
    return {
        "duration_ms": 60_000,
        "language": "en",
        "model": "base",
        "cues": cues,
        "words": words,
        "chapters": [],
        "key_points": [],
        "topics": [],
    }


@pytest.fixture
def amara(cast: Cast) -> int:
    return int(add_member(actor=system(), name="Amara Okafor", email="amara@example.org").pk)


@pytest.fixture
def call(browsers: Browsers, cast: Cast, amara: int) -> int:
    """Bob's recording of a call in an open channel, with the captions that we heard."""
    channel = create_channel(actor=acting(cast.bob), name="calibration")
    started = browsers.bob.start(channel_id=channel.pk, title="Wheel swap")
    browsers.bob.send(started["upload_url"], 0, b"sound")
    browsers.bob.post(f"/recordings/{started['recording_id']}/finish")
    take_captions(actor=system(), recording_id=started["recording_id"], capture=heard())
    return int(started["recording_id"])


def bring(browser: Browser, recording_id: int, name: str, content: bytes | None = None, **fields: Any) -> Any:
    data = (SAMPLES / name).read_bytes() if content is None else content
    return browser.client.post(
        f"/recordings/{recording_id}/call-transcript",
        {"file": SimpleUploadedFile(name, data)} | fields,
        headers={"Accept": "application/json"},
    )


def shown(browser: Browser, recording_id: int) -> dict[str, Any]:
    content: dict[str, Any] = browser.get(f"/recordings/{recording_id}/transcript").json()
    return content


def turns(content: dict[str, Any]) -> list[tuple[str, str]]:
    """Who says what, over the ends of captions."""
    found: list[tuple[str, str]] = []
    for cue in content["captions"]["cues"]:
        who, text = cue.get("speaker", ""), " ".join(cue["text"].split())
        if found and found[-1][0] == who:
            found[-1] = (who, f"{found[-1][1]} {text}")
        else:
            found.append((who, text))
    return found


@pytest.mark.parametrize(
    "name", ["teams.vtt", "zoom.vtt", "named.srt", "teams.txt", "teams-old.txt", "zoom.txt", "meet.txt", "names.txt"]
)
def test_every_form_gives_the_words_their_speakers_and_the_times_of_the_sound(
    browsers: Browsers, call: int, amara: int, name: str
) -> None:
    assert bring(browsers.alice, call, name).status_code == 200
    content = shown(browsers.erin, call)
    assert turns(content) == [(who, words) for who, _, words in SPOKEN]
    first = content["captions"]["words"][0]
    assert (first["text"], first["start_ms"]) == ("So", HEARD_FROM_MS)
    wait = next(word for word in content["captions"]["words"] if word["text"] == "wait?")
    assert wait["start_ms"] == next(word["start_ms"] for word in heard()["words"] if word["text"] == "wait?")
    speakers = {speaker["name"]: speaker for speaker in content["speakers"]}
    assert speakers["Amara Okafor"]["member_id"] == amara
    assert speakers["Kit (Guest)"]["member_id"] is None
    assert speakers["Amara Okafor"]["percent"] > 60
    assert sum(speaker["percent"] for speaker in speakers.values()) == pytest.approx(100, abs=2)


def test_words_alone_take_the_times_too(browsers: Browsers, call: int) -> None:
    assert bring(browsers.alice, call, "words.txt").status_code == 200
    assert turns(shown(browsers.alice, call)) == [("", " ".join(words for _, _, words in SPOKEN))]


def test_taking_a_transcript_can_be_undone_and_redone(browsers: Browsers, call: int) -> None:
    before = shown(browsers.bob, call)
    bring(browsers.alice, call, "teams.vtt", based_on="1")
    content = shown(browsers.bob, call)
    assert (content["captions"]["version"], content["can_undo"]) == (2, True)
    track = CaptionTrack.objects.get(version=2)
    assert (track.made_by_id, track.model) == (Statement.objects.get(verb="corrected").actor_id, "")
    assert track.change == "Took the call’s transcript from Teams (teams.vtt)"
    undone = browsers.bob.post(f"/recordings/{call}/captions/undo", based_on=2).json()
    assert undone["captions"] == before["captions"]
    assert undone["speakers"] == []
    redone = browsers.bob.post(f"/recordings/{call}/captions/redo", based_on=1).json()
    assert redone["speakers"] == content["speakers"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("zoom-chat.txt", None, "chat"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        ("empty.vtt", b"WEBVTT\n", "no words"),
        ("damaged.docx", b"PK\x03\x04nothing", "not a Word document"),
        (
            "long.vtt",
            b"WEBVTT\n\n02:00:00.000 --> 02:00:02.000\n<v Ada>So that is the swap.\n",
            "recording ends at 1:00",
        ),
        ("other.txt", b"Ada: " + b"Lunch was late and the soup had gone cold by then. " * 9, "another call"),
    ],
)
def test_a_wrong_file_is_refused_in_words_and_changes_nothing(
    browsers: Browsers, call: int, name: str, content: bytes | None, words: str
) -> None:
    before = shown(browsers.bob, call)
    answer = bring(browsers.alice, call, name, content)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert words in answer.json()["detail"]
    assert "Nothing was changed" in answer.json()["detail"]
    assert shown(browsers.bob, call) == before
    assert CaptionTrack.objects.count() == 1


def test_what_seems_to_be_another_call_is_taken_when_somebody_insists(browsers: Browsers, call: int) -> None:
    other = b"WEBVTT\n\n00:01.000 --> 00:20.000\n<v Ada>" + b"Lunch was late and the soup had gone cold. " * 4
    refused = bring(browsers.alice, call, "other.vtt", other)
    assert (refused.status_code, refused.json()["may_use_anyway"]) == (422, True)
    assert bring(browsers.alice, call, "other.vtt", other, anyway="1").status_code == 200
    assert turns(shown(browsers.alice, call))[0][0] == "Ada"


def test_somebody_who_was_quicker_is_not_overwritten(browsers: Browsers, call: int) -> None:
    browsers.bob.post(f"/recordings/{call}/captions/correct", based_on=1, cue=0, text="So that was the swap")
    answer = bring(browsers.alice, call, "teams.vtt", based_on="1")
    assert answer.status_code == 409
    assert shown(browsers.bob, call)["captions"]["version"] == 2


def test_who_does_not_see_the_recording_cannot_bring_a_transcript(browsers: Browsers, call: int) -> None:
    browsers.bob.patch(f"/recordings/{call}", channel_id=None)
    assert bring(browsers.alice, call, "teams.vtt").status_code == 404


def test_without_script_the_page_comes_back_and_says_what_was_wrong(browsers: Browsers, call: int) -> None:
    address = f"/recordings/{call}/call-transcript"
    accept = {"Accept": "text/html,application/xhtml+xml"}
    data = (SAMPLES / "teams.vtt").read_bytes()
    done = browsers.alice.client.post(address, {"file": SimpleUploadedFile("teams.vtt", data)}, headers=accept)
    assert (done.status_code, done["Location"]) == (302, f"/recordings/{call}/")
    page = browsers.alice.get(f"/recordings/{call}/").content.decode()
    assert page.count('class="spk"') == len(SPOKEN)
    assert "Daniyar Abenov" in page
    refused = browsers.alice.client.post(address, {"file": SimpleUploadedFile("x.vtt", b"WEBVTT")}, headers=accept)
    assert refused.status_code == 422
    assert "There are no words in this file" in refused.content.decode()


def name_speaker(browser: Browser, recording_id: int, based_on: int, **content: Any) -> Any:
    return browser.post(f"/recordings/{recording_id}/captions/speaker", based_on=based_on, **content)


def test_a_speaker_is_said_to_be_a_member_and_that_is_undone(
    browsers: Browsers, cast: Cast, call: int, amara: int
) -> None:
    bring(browsers.alice, call, "teams.vtt")
    cues = shown(browsers.alice, call)["captions"]["cues"]
    kit = next(number for number, cue in enumerate(cues) if cue["speaker"] == "Kit (Guest)")
    answer = name_speaker(browsers.erin, call, 2, cue=kit, member_id=cast.carol.pk)
    assert answer.status_code == 200
    assert answer.json()["captions"]["cues"][kit] | {"text": "", "start_ms": 0, "end_ms": 0} == {
        "start_ms": 0,
        "end_ms": 0,
        "text": "",
        "speaker": "Carol Curator",
        "member_id": cast.carol.pk,
    }
    assert {speaker["name"] for speaker in answer.json()["speakers"]} == {
        "Amara Okafor",
        "Carol Curator",
        "Daniyar Abenov",
    }
    undone = browsers.bob.post(f"/recordings/{call}/captions/undo", based_on=3).json()
    assert undone["captions"]["cues"][kit]["speaker"] == "Kit (Guest)"


def test_one_turn_alone_is_somebody_elses(browsers: Browsers, call: int) -> None:
    bring(browsers.alice, call, "teams.vtt")
    answer = name_speaker(browsers.alice, call, 2, cue=0, name="Kit (Guest)", everywhere=False)
    assert [who for who, _ in turns(answer.json())] == ["Kit (Guest)"] + [who for who, _, _ in SPOKEN[1:]]


def test_captions_without_names_get_one(browsers: Browsers, call: int, cast: Cast) -> None:
    answer = name_speaker(browsers.alice, call, 1, cue=0, member_id=cast.bob.pk)
    assert [speaker["name"] for speaker in answer.json()["speakers"]] == ["Bob Explainer"]
    assert answer.json()["speakers"][0]["percent"] == 100
    taken = name_speaker(browsers.alice, call, 2, cue=0)
    assert taken.json()["speakers"] == []


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"cue": 99, "name": "Ada"}, 422),
        ({"cue": -1, "name": "Ada"}, 422),
        ({"cue": 0, "member_id": 999_999}, 404),
        ({"cue": 0, "name": "n" * 200}, 422),
        ({"cue": 0, "name": "Ada", "based_on": 9}, 409),
        ({"name": "Ada"}, 422),
    ],
)
def test_naming_refuses_nonsense(browsers: Browsers, call: int, content: dict[str, Any], status: int) -> None:
    assert name_speaker(browsers.alice, call, **({"based_on": 1} | content)).status_code == status
    assert CaptionTrack.objects.count() == 1


def test_mending_keeps_who_speaks_and_two_people_stay_apart(browsers: Browsers, call: int) -> None:
    bring(browsers.alice, call, "teams.vtt")
    cues = shown(browsers.alice, call)["captions"]["cues"]
    last = max(number for number, cue in enumerate(cues) if cue["speaker"] == "Kit (Guest)")
    refused = browsers.alice.post(f"/recordings/{call}/captions/merge", based_on=2, cue=last)
    assert refused.status_code == 422
    assert "Somebody else speaks" in refused.json()["detail"]
    split = browsers.alice.post(f"/recordings/{call}/captions/split", based_on=2, cue=0, word=2).json()
    assert [cue["speaker"] for cue in split["captions"]["cues"][:2]] == ["Amara Okafor"] * 2
    merged = browsers.alice.post(f"/recordings/{call}/captions/merge", based_on=3, cue=0).json()
    corrected = browsers.alice.post(f"/recordings/{call}/captions/correct", based_on=4, cue=0, text="Right.").json()
    assert merged["captions"]["cues"][0]["member_id"] == corrected["captions"]["cues"][0]["member_id"]
    assert corrected["captions"]["cues"][0]["speaker"] == "Amara Okafor"


def test_downloads_say_who_speaks(browsers: Browsers, call: int) -> None:
    bring(browsers.alice, call, "teams.vtt")
    vtt, srt, txt = (
        browsers.erin.get(f"/recordings/{call}/captions.{form}").content.decode() for form in ("vtt", "srt", "txt")
    )
    assert "<v Daniyar Abenov>Do we send the lidar" in vtt
    assert "\nDaniyar Abenov: Do we send the lidar" in srt
    assert "\n\nKit (Guest): How long do I wait?\n\n" in txt


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWODESKS_SPEECH_MODEL", "tiny.en")


READ = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "
    "it was the epoch of belief, it was the epoch of incredulity."
)


def dropped(browser: Browser) -> int:
    upload_id = browser.upload(films.wav(14), "call.wav")
    answer = browser.post("/recordings/from-upload", upload_id=upload_id)
    return int(answer.json()["recording_id"])


def work(recording_id: int) -> None:
    for operation in (process_recording, caption_recording, structure_recording):
        operation(actor=system(), recording_id=recording_id)


def note(browser: Browser, recording_id: int) -> str:
    return str(browser.get(f"/recordings/{recording_id}/").content.decode())


@pytest.mark.speech
@pytest.mark.usefixtures("small_model")
def test_a_transcript_that_came_with_the_call_stands_at_once_and_takes_its_times_when_heard(
    browsers: Browsers, amara: int
) -> None:
    recording_id = dropped(browsers.bob)
    early = f"WEBVTT\n\n00:00.000 --> 00:40.000\n<v Amara Okafor>{READ}\n"
    assert bring(browsers.bob, recording_id, "call.vtt", early.encode()).status_code == 200
    at_once = shown(browsers.bob, recording_id)
    assert turns(at_once) == [("Amara Okafor", READ)]
    assert "exact times as soon as the recording has been listened to" in note(browsers.bob, recording_id)
    work(recording_id)
    now = shown(browsers.bob, recording_id)
    assert turns(now) == [("Amara Okafor", READ)]
    own = CaptionTrack.objects.get(model="tiny.en")
    worst = next(word for word in now["captions"]["words"] if word["text"] == "worst")
    truly = next(word for word in own.words if word["text"].strip(",.").lower() == "worst")
    assert worst["start_ms"] == truly["start_ms"]
    assert now["speakers"][0]["member_id"] == amara
    assert "exact times" not in note(browsers.bob, recording_id)
    undone = browsers.bob.post(f"/recordings/{recording_id}/captions/undo", based_on=now["captions"]["version"])
    assert undone.json()["captions"]["version"] == own.version
    assert Recording.objects.get().steps.exclude(finished_at=None).filter(name="structure").exists()


@pytest.mark.speech
@pytest.mark.usefixtures("small_model")
def test_a_transcript_without_times_waits_for_the_sound(browsers: Browsers) -> None:
    recording_id = dropped(browsers.bob)
    text = f"Ada Nwosu: {READ[:55]}\nBo Li: {READ[56:]}\n"
    assert bring(browsers.bob, recording_id, "call.txt", text.encode()).status_code == 200
    assert shown(browsers.bob, recording_id)["captions"]["version"] is None
    assert "has no times" in note(browsers.bob, recording_id)
    work(recording_id)
    assert turns(shown(browsers.bob, recording_id)) == [("Ada Nwosu", READ[:55]), ("Bo Li", READ[56:])]


@pytest.mark.speech
@pytest.mark.usefixtures("small_model")
def test_another_calls_transcript_gives_way_to_what_was_heard_and_is_kept(browsers: Browsers) -> None:
    recording_id = dropped(browsers.bob)
    other = "WEBVTT\n\n00:01.000 --> 00:12.000\n<v Ada>" + "Lunch was late and our soup had gone cold by then. " * 3
    bring(browsers.bob, recording_id, "lunch.vtt", other.encode())
    work(recording_id)
    now = shown(browsers.bob, recording_id)
    assert "best of times" in " ".join(text for _, text in turns(now)).lower()
    assert "lunch.vtt are not those that are heard here" in note(browsers.bob, recording_id)
    back = browsers.bob.post(f"/recordings/{recording_id}/captions/undo", based_on=now["captions"]["version"]).json()
    assert turns(back)[0][0] == "Ada"
