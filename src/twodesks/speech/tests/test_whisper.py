"""With the real model and real speech. Figures over more speech: bench/bench_words.py."""

import json
from pathlib import Path

import jiwer
import numpy as np
import pytest
from typer.testing import CliRunner

from twodesks.kit.webvtt import parse_captions
from twodesks.speech.__main__ import app
from twodesks.speech.capture import capture_file
from twodesks.speech.decoding import SAMPLE_RATE, Pcm, decode_audio
from twodesks.speech.live import Checkpoint, LiveCaptioner
from twodesks.speech.problems import ModelUnavailable
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.tests.sounds import BECKETT, TWO_CITIES, TWO_CITIES_TEXT, music, noise, silence, tone, write_wav
from twodesks.speech.transcriber import Transcriber
from twodesks.speech.transcribers import load_transcriber

pytestmark = pytest.mark.speech


def plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha() or c == " ")


def test_real_speech_becomes_its_words_at_their_times(whisper: Transcriber) -> None:
    heard = capture_file(TWO_CITIES, whisper)
    assert jiwer.wer(TWO_CITIES_TEXT, plain(" ".join(word.text for word in heard.words))) < 0.03
    assert heard.language == "en"
    despair = next(word for word in heard.words if plain(word.text) == "despair")
    assert despair.start_ms == pytest.approx(23_000, abs=4_000)
    assert all(a.end_ms <= b.start_ms for a, b in zip(heard.words, heard.words[1:], strict=False))
    assert " ".join(cue.text.replace("\n", " ") for cue in heard.cues) == " ".join(word.text for word in heard.words)
    assert heard.key_points


def test_words_keep_their_times_around_long_silence(whisper: Transcriber, tmp_path: Path) -> None:
    speech = np.concatenate(list(decode_audio(BECKETT)))
    path = write_wav(tmp_path / "late.wav", np.concatenate([silence(40), speech, silence(50), speech]))
    heard = capture_file(path, whisper)
    assert plain(" ".join(word.text for word in heard.words)) == " ".join(
        ["ever tried ever failed no matter try again fail again fail better"] * 2
    )
    first, second = heard.words[0].start_ms, heard.words[len(heard.words) // 2].start_ms
    assert first == pytest.approx(40_500, abs=1_000)
    assert second - first == pytest.approx(50_000 + len(speech) * 1000 / SAMPLE_RATE, abs=500)


@pytest.mark.parametrize(
    "sound",
    [silence(20), noise(20), noise(20, loudness=0.4), music(30), np.concatenate([tone(10, 220), tone(10, 440)])],
    ids=["silence", "noise", "loud noise", "music", "tones"],
)
def test_nobody_speaks_and_nothing_is_written(whisper: Transcriber, tmp_path: Path, sound: Pcm) -> None:
    heard = capture_file(write_wav(tmp_path / "no-words.wav", sound), whisper)
    assert heard.words == []
    assert heard.cues == []


def test_an_hour_of_noise_is_gone_through_and_has_no_words(whisper: Transcriber, tmp_path: Path) -> None:
    swelling = noise(60, loudness=1.0) * np.linspace(0.01, 0.3, SAMPLE_RATE * 60, dtype=np.float32)
    path = write_wav(tmp_path / "fan.wav", np.tile(np.concatenate([swelling, swelling[::-1]]), 30))
    result = capture_file(path, whisper)
    assert result.duration_ms == 3_600_000
    assert result.words == []
    assert result.cues == []


def test_captions_of_a_growing_recording_are_those_of_the_whole(whisper: Transcriber) -> None:
    speech = np.concatenate(list(decode_audio(TWO_CITIES)))
    sound = np.concatenate([speech, silence(1), np.concatenate(list(decode_audio(BECKETT)))])
    live = LiveCaptioner(whisper)
    first_ms, at = None, 0
    while at < len(sound):
        update = live.feed(sound[at : at + SAMPLE_RATE], more_waiting=at > 12 * SAMPLE_RATE)
        at += SAMPLE_RATE
        first_ms = first_ms or (update.heard_ms if update and update.words else None)
        if update and update.settled:
            break
    assert first_ms is not None
    assert first_ms <= 5_000
    # The process is killed here; another takes up the checkpoint.
    checkpoint = Checkpoint.from_json(json.loads(json.dumps(live.checkpoint().to_json())))
    heir = LiveCaptioner(whisper, checkpoint=checkpoint)
    heir.feed(sound[checkpoint.resume_ms * 16 :], more_waiting=True)
    words = heir.finish().words
    afterwards = LiveCaptioner(whisper)
    afterwards.feed(sound, more_waiting=True)
    assert [word.text for word in words] == [word.text for word in afterwards.finish().words]


def test_the_command_writes_what_it_is_asked_for(whisper: Transcriber, speech_data: Path, tmp_path: Path) -> None:
    outputs = {name: tmp_path / f"out.{name}" for name in ("vtt", "srt", "json")}
    options = [part for name, path in outputs.items() for part in (f"--{name}", str(path))]
    result = CliRunner().invoke(
        app, [str(BECKETT), "--language", "en", *options], env={"TWODESKS_DATA": str(speech_data)}
    )
    assert result.exit_code == 0, result.output
    assert "2 cues, 12 words" in result.output
    found = json.loads(outputs["json"].read_text())
    assert list(found) == [
        "source", "duration_ms", "language", "model", "words", "cues", "chapters", "key_points", "topics", "timings_ms"
    ]  # fmt: skip
    assert list(found["words"][0]) == ["start_ms", "end_ms", "text", "probability"]
    assert list(found["cues"][0]) == ["start_ms", "end_ms", "text"]
    assert list(found["timings_ms"]) == ["decode", "transcribe", "structure", "total"]
    cues = [(cue["start_ms"], cue["end_ms"], cue["text"]) for cue in found["cues"]]
    for name in ("vtt", "srt"):
        assert [(c.start_ms, c.end_ms, c.text) for c in parse_captions(outputs[name].read_text())] == cues


def test_the_quick_english_model_hears_too(speech_data: Path) -> None:
    tiny = load_transcriber(SpeechSettings(model="tiny.en", data_directory=speech_data))
    words = plain(" ".join(word.text for word in capture_file(BECKETT, tiny).words))
    assert jiwer.wer("ever tried ever failed no matter try again fail again fail better", words) < 0.2


def test_a_folder_that_holds_no_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        load_transcriber(SpeechSettings(model=str(tmp_path), device="cpu"))
