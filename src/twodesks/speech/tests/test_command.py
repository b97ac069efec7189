"""What the command says about bad input. Good input: test_whisper.py."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from twodesks.speech import command
from twodesks.speech.__main__ import app
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.tests.doubles import SecondsTranscriber
from twodesks.speech.tests.sounds import BECKETT, noise, silence, write_media, write_wav
from twodesks.speech.transcriber import Transcriber


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    def seconds(_: SpeechSettings) -> Transcriber:
        return SecondsTranscriber()

    monkeypatch.setattr(command, "load_transcriber", seconds)


def run(path: Path, *options: str) -> Result:
    folder = path.parent / "out"
    folder.mkdir(exist_ok=True)
    outputs = ["--vtt", str(folder / "a.vtt"), "--srt", str(folder / "a.srt"), "--json", str(folder / "a.json")]
    return CliRunner().invoke(app, [str(path), *outputs, *options], env={"COLUMNS": "400"})


def refused(path: Path, words: str, *options: str) -> None:
    result = run(path, *options)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert list((path.parent / "out").iterdir()) == []


def test_what_is_not_media(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp3"
    path.write_text("Dear diary")
    refused(path, "notes.mp3 is not a recording that can be played")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    path.touch()
    refused(path, "empty.mp4 is empty")


def test_no_file(tmp_path: Path) -> None:
    refused(tmp_path / "absent.mp4", "There is no file at")


def test_a_film_without_sound(tmp_path: Path) -> None:
    refused(write_media(tmp_path / "mute.mp4", None, video_seconds=1), "has no sound track")


def test_a_truncated_file_until_its_part_is_asked_for(tmp_path: Path) -> None:
    path = write_media(tmp_path / "cut.mkv", noise(20))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    refused(path, "of 0:20: the rest of the file is missing")
    assert run(path, "--partial").exit_code == 0


def test_an_unknown_language(tmp_path: Path) -> None:
    refused(write_wav(tmp_path / "a.wav", silence(1)), "“klingon” is not a language", "--language", "klingon")


@pytest.mark.parametrize("sound", [silence(30), noise(30)], ids=["silence", "noise"])
def test_a_recording_in_which_nobody_speaks_has_empty_captions(tmp_path: Path, sound: object) -> None:
    result = run(write_wav(tmp_path / "quiet.wav", sound))  # type: ignore[arg-type]
    assert result.exit_code == 0
    assert "Nobody speaks in this recording" in result.output
    assert (tmp_path / "out" / "a.vtt").read_text() == "WEBVTT\n"


def test_a_place_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    good = tmp_path / "good.vtt"
    result = CliRunner().invoke(
        app, [str(BECKETT), "--vtt", str(good), "--json", str(tmp_path / "no" / "a.json")], env={"COLUMNS": "400"}
    )
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_the_summary_without_options() -> None:
    result = CliRunner().invoke(app, [str(BECKETT)])
    assert result.exit_code == 0
    assert "English" in result.output
