import numpy as np
import pytest

from twodesks.speech.decoding import SAMPLE_RATE, Pcm, decode_audio
from twodesks.speech.tests.sounds import BECKETT, TWO_CITIES, music, noise, silence, tone
from twodesks.speech.windows import WINDOW_SAMPLES, Window, WindowPlanner


@pytest.fixture(scope="module")
def speech() -> Pcm:
    return np.concatenate(list(decode_audio(TWO_CITIES)))


def planned(sound: Pcm, *, block: int = SAMPLE_RATE // 2) -> list[Window]:
    planner = WindowPlanner()
    windows = [window for at in range(0, len(sound), block) for window in planner.feed(sound[at : at + block])]
    return windows + planner.finish()


def test_windows_are_the_same_however_the_sound_arrives(speech: Pcm) -> None:
    sound = np.concatenate([speech, silence(7), speech])
    whole = planned(sound, block=len(sound))
    for block in (160, 4_001, SAMPLE_RATE):
        pieces = planned(sound, block=block)
        assert [w.pieces for w in pieces] == [w.pieces for w in whole]
        assert all(np.array_equal(a.samples, b.samples) for a, b in zip(pieces, whole, strict=True))


def test_windows_hold_what_whisper_can_hear_at_once(speech: Pcm) -> None:
    windows = planned(np.concatenate([speech] * 5))
    assert len(windows) >= 8
    assert all(len(window.samples) <= WINDOW_SAMPLES for window in windows)


def test_speech_without_a_pause_is_cut_all_the_same(speech: Pcm) -> None:
    loudest = speech[: 4 * SAMPLE_RATE]
    breathless = np.concatenate([loudest[np.abs(loudest) > 0.002]] * 40)
    assert all(len(window.samples) <= WINDOW_SAMPLES for window in planned(breathless))


def test_a_moment_in_a_window_is_a_moment_of_the_recording(speech: Pcm) -> None:
    for window in planned(np.concatenate([silence(20), speech[: 5 * SAMPLE_RATE], silence(3), speech])):
        for piece in window.pieces:
            assert window.recording_ms(piece.offset / SAMPLE_RATE) == piece.start * 1000 // SAMPLE_RATE
            heard = window.samples[piece.offset : piece.offset + piece.length]
            assert len(heard) == piece.length


def test_windows_lose_no_speech(speech: Pcm) -> None:
    sound = np.concatenate([silence(20), speech, silence(40), speech])
    kept = np.zeros(len(sound), dtype=bool)
    for window in planned(sound):
        for piece in window.pieces:
            assert not kept[piece.start : piece.start + piece.length].any()
            assert np.array_equal(
                sound[piece.start : piece.start + piece.length],
                window.samples[piece.offset : piece.offset + piece.length],
            )
            kept[piece.start : piece.start + piece.length] = True
    assert np.abs(sound[~kept]).mean() < 0.05 * np.abs(sound[kept]).mean()


def test_sound_without_speech_gives_nothing_and_keeps_nothing() -> None:
    planner = WindowPlanner()
    for sound in (silence(30), noise(60), music(60), tone(30)):
        assert planner.feed(sound) == []
    assert planner.finish() == []
    assert planner.open_speech_samples == 0


def test_a_long_silence_takes_no_memory(speech: Pcm) -> None:
    planner = WindowPlanner()
    planner.feed(speech[: 5 * SAMPLE_RATE])
    minute = silence(60)
    closed = [window for _ in range(10) for window in planner.feed(minute)]
    assert len(closed) == 1
    assert planner.held_samples <= 2 * SAMPLE_RATE
    assert planner.finish() == []


def test_a_restart_behind_a_window_gives_the_same_windows(speech: Pcm) -> None:
    sound = np.concatenate([speech, silence(2), speech, silence(9), np.concatenate(list(decode_audio(BECKETT)))])
    whole = planned(sound)
    for number, window in enumerate(whole[:-1], start=1):
        assert window.end * 1000 % SAMPLE_RATE == 0
        planner = WindowPlanner(start_sample=window.end)
        rest = planner.feed(sound[window.end :]) + planner.finish()
        assert [w.pieces for w in rest] == [w.pieces for w in whole[number:]]
