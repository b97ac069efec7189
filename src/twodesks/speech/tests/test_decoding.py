import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from twodesks.speech.decoding import SAMPLE_RATE, AudioReader, Pcm, decode_audio
from twodesks.speech.growing import GrowingFile
from twodesks.speech.problems import EmptyFile, NoAudioTrack, NotMedia, TruncatedMedia
from twodesks.speech.tests.sounds import noise, silence, tone, write_media, write_wav

TUNE = np.concatenate([tone(2, 300), silence(1), tone(3, 500)])


def decoded(path: Path, *, start_ms: int = 0) -> Pcm:
    return np.concatenate(list(decode_audio(path, start_ms=start_ms)))


def loud_seconds(samples: Pcm) -> list[bool]:
    """For each half second, whether anything sounds in its middle."""
    half = SAMPLE_RATE // 2
    return [
        bool(np.abs(samples[at + half // 4 : at + half * 3 // 4]).max() > 0.05)
        for at in range(0, len(samples) - half + 1, half)
    ]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.mp3", "libmp3lame"),
        ("a.m4a", "aac"),
        ("a.mp4", "aac"),
        ("a.mov", "aac"),
        ("a.mkv", "libopus"),
        ("a.webm", "libopus"),
    ],
)
def test_each_format_is_heard_at_its_times(tmp_path: Path, name: str, codec: str) -> None:
    samples = decoded(write_media(tmp_path / name, TUNE, codec=codec))
    assert len(samples) / SAMPLE_RATE == pytest.approx(6, abs=0.1)
    assert loud_seconds(samples)[:11] == [True] * 4 + [False] * 2 + [True] * 5


def test_blocks_from_a_time_on_are_the_end_of_all_blocks(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", noise(5))
    assert np.array_equal(decoded(path, start_ms=2_345), decoded(path)[2_345 * SAMPLE_RATE // 1000 :])


def test_names_in_any_script_are_found(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "مشروع 🚀 'демо' %d.wav", tone(1))
    assert len(decoded(path)) == SAMPLE_RATE


def test_the_words_keep_their_time_when_a_piece_is_missing(tmp_path: Path) -> None:
    whole = write_media(tmp_path / "whole.mkv", TUNE, codec="pcm_s16le", options={"cluster_time_limit": "200"})
    data = whole.read_bytes()
    cluster = b"\x1f\x43\xb6\x75"
    starts = [at for at in range(len(data)) if data.startswith(cluster, at)]
    assert len(starts) == 6
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(data[: starts[2]] + data[starts[4] :])
    samples = decoded(torn)
    assert len(samples) / SAMPLE_RATE == pytest.approx(6, abs=0.1)
    assert loud_seconds(samples)[:11] == [True] * 4 + [False] * 4 + [True] * 3


def test_a_film_with_forty_tracks_is_heard(tmp_path: Path) -> None:
    film = write_media(tmp_path / "film.mkv", tone(2), codec="pcm_s16le", video_seconds=2, audio_tracks=39)
    assert len(decoded(film)) / SAMPLE_RATE == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    "content", [b"Dear diary, nothing happened.\n" * 500, b"<html><script>alert(1)</script>", b"\0" * 5000]
)
def test_what_is_not_media_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.mp4"
    path.write_bytes(content)
    with pytest.raises(NotMedia, match=r"notes\.mp4 is not a recording"):
        decoded(path)
    assert path.read_bytes() == content


def test_a_missing_file_and_an_empty_one_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "empty.webm").touch()
    with pytest.raises(EmptyFile, match="is empty"):
        decoded(tmp_path / "empty.webm")
    with pytest.raises(NotMedia, match="no file at"):
        decoded(tmp_path / "absent.webm")
    with pytest.raises(NotMedia, match="cannot be read"):
        decoded(tmp_path)


def test_a_film_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoAudioTrack, match="no sound track"):
        decoded(write_media(tmp_path / "mute.mp4", None, video_seconds=2))


def test_an_mp4_without_its_end_cannot_be_played(tmp_path: Path) -> None:
    path = write_media(tmp_path / "cut.mp4", noise(10), codec="aac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(TruncatedMedia, match="too much of it is missing"):
        decoded(path)


@pytest.mark.parametrize(("name", "codec"), [("cut.wav", "pcm_s16le"), ("cut.mkv", "libopus"), ("cut.flac", "flac")])
def test_a_file_cut_short_gives_what_it_has_and_says_so(tmp_path: Path, name: str, codec: str) -> None:
    path = write_media(tmp_path / name, noise(20), codec=codec)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert len(decoded(path)) / SAMPLE_RATE == pytest.approx(10, abs=1.5)
    with pytest.raises(TruncatedMedia, match=r"stops at 0:(09|10) of 0:20") as raised:
        list(decode_audio(path, allow_partial=False))
    assert raised.value.kept_ms == pytest.approx(10_000, abs=1_500)


def test_a_sound_track_shorter_than_the_film_is_whole(tmp_path: Path) -> None:
    film = write_media(tmp_path / "film.mkv", tone(2), video_seconds=6)
    assert sum(map(len, decode_audio(film, allow_partial=False))) / SAMPLE_RATE == pytest.approx(2, abs=0.1)


def test_a_growing_recording_is_read_to_its_end(tmp_path: Path) -> None:
    whole = write_media(tmp_path / "whole.webm", noise(8), video_seconds=8, options={"live": "1"})
    data = whole.read_bytes()
    growing = tmp_path / "growing.webm"
    growing.touch()
    written = threading.Event()

    def record() -> None:
        with growing.open("ab", buffering=0) as file:
            for at in range(0, len(data), 9_000):
                file.write(data[at : at + 9_000])
                time.sleep(0.02)
        written.set()

    writer = threading.Thread(target=record)
    writer.start()
    source = GrowingFile(growing, written.is_set, poll_s=0.01)
    with AudioReader(source) as reader:
        assert reader.duration_ms is None
        samples = np.concatenate(list(reader.blocks()))
    source.close()
    writer.join()
    assert np.array_equal(samples, decoded(whole))


def test_reading_a_growing_recording_can_be_stopped(tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancelled() -> bool:
        raise CancelledError

    path = tmp_path / "growing.webm"
    path.touch()
    source = GrowingFile(path, cancelled)
    with pytest.raises(CancelledError):
        AudioReader(source)
    source.close()


def test_an_interrupted_browser_recording_is_heard_up_to_the_interruption(tmp_path: Path) -> None:
    path = write_media(tmp_path / "crash.webm", noise(10), options={"live": "1"})
    torn = tmp_path / "torn.webm"
    shutil.copy(path, torn)
    torn.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    assert sum(map(len, decode_audio(torn, allow_partial=False))) / SAMPLE_RATE == pytest.approx(6, abs=0.5)
