"""Files of every kind, opened in a process of their own."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from twodesks.media.engine.limits import Limits
from twodesks.media.engine.sandbox import MediaRefused, MediaWorkFailed, media_process, run_tool
from twodesks.media.tests import films

LIMITS = Limits(memory_bytes=4 << 30)


@pytest.fixture
def probe(tmp_path: Path) -> Callable[[bytes], dict[str, Any]]:
    def look(content: bytes) -> dict[str, Any]:
        path = tmp_path / "given"
        path.write_bytes(content)
        return run_tool("probe", {"path": str(path)}, LIMITS)

    return look


@pytest.fixture
def render(tmp_path: Path) -> Callable[[bytes], tuple[dict[str, Any], dict[str, Any], Path]]:
    def make(content: bytes) -> tuple[dict[str, Any], dict[str, Any], Path]:
        path = tmp_path / "given"
        path.write_bytes(content)
        probed = run_tool("probe", {"path": str(path)}, LIMITS)
        result = run_tool("render", {"path": str(path), "folder": str(tmp_path), "probe": probed}, LIMITS)
        made = tmp_path / result["name"]
        return result, run_tool("probe", {"path": str(made)}, LIMITS), made

    return make


def test_browser_recording_without_length_is_measured(probe: Any) -> None:
    found = probe(films.film("webm", video="libvpx", live=True))
    assert found["declared_ms"] is None
    assert found["duration_ms"] == pytest.approx(5000, abs=150)
    assert found["video"]["codec"] == "vp8"
    assert found["audio"]["codec"] == "opus"
    assert found["notes"] == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"Dear all, please find enclosed", "not-media"),
        (b"<html><script>alert(1)</script></html>", "not-media"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", "not-media"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "not-media"),
        (b"\x1aE\xdf\xa3" + bytes(100), "truncated"),
        (os.urandom(5000), "not-media"),
    ],
)
def test_what_is_not_a_recording_is_refused_in_words(probe: Any, content: bytes, reason: str) -> None:
    with pytest.raises(MediaRefused) as refused:
        probe(content)
    assert refused.value.reason == reason
    assert "as it came" in refused.value.detail or "Nothing else was changed" in refused.value.detail


def test_film_cut_off_before_its_index_is_called_truncated(probe: Any) -> None:
    whole = films.film("mp4", video="libx264", audio="aac")
    with pytest.raises(MediaRefused) as refused:
        probe(films.mp4_without_index(whole))
    assert refused.value.reason == "truncated"


def test_half_a_film_is_used_as_far_as_it_goes(probe: Any, render: Any) -> None:
    whole = films.film("mp4", seconds=8, video="libx264", audio="aac", options={"movflags": "+faststart"})
    found = probe(whole[: len(whole) // 2])
    assert 2000 < found["duration_ms"] < 7000
    assert "the rest is missing" in found["notes"][0]
    _, made, _ = render(whole[: len(whole) // 2])
    assert made["duration_ms"] == pytest.approx(found["duration_ms"], abs=300)


def test_film_with_forty_tracks_uses_the_main_ones(probe: Any) -> None:
    found = probe(films.many_tracks())
    assert found["tracks"] == 40
    assert "40 tracks" in found["notes"][0]
    assert found["audio"]
    assert found["video"]


def test_silent_film_has_no_sound(render: Any) -> None:
    result, made, _ = render(films.film("webm", video="libvpx", audio=None, live=True))
    assert made["audio"] is None
    assert result["peaks"] == []


@pytest.mark.parametrize(
    ("content", "kind", "codecs"),
    [
        (lambda: films.film("webm", video="libvpx", live=True), "video/webm", ("vp8", "opus")),
        (lambda: films.film("mp4", video="libx264", audio="aac"), "video/mp4", ("h264", "aac")),
        (lambda: films.film("matroska", video="mpeg4", audio="libmp3lame"), "video/mp4", ("h264", "aac")),
        (lambda: films.film("webm", live=True), "audio/mp4", (None, "aac")),
        (lambda: films.wav(5), "audio/mp4", (None, "aac")),
    ],
)
def test_rendition_plays_everywhere_and_knows_its_length(
    render: Any, content: Callable[[], bytes], kind: str, codecs: tuple[str | None, str]
) -> None:
    result, made, _ = render(content())
    assert result["content_type"] == kind
    assert (made["video"] and made["video"]["codec"], made["audio"]["codec"]) == codecs
    assert made["declared_ms"] == pytest.approx(5000, abs=150)
    assert len(result["peaks"]) == pytest.approx(100, abs=3)
    assert max(result["peaks"]) == 1


def test_mp4_can_be_played_while_it_is_loaded(render: Any) -> None:
    _, _, made = render(films.film("mp4", video="libx264", audio="aac"))
    content = made.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_webm_can_be_sought_in(render: Any) -> None:
    live = films.film("webm", video="libvpx", live=True)
    cues = b"\x1c\x53\xbb\x6b"
    assert cues not in live
    _, _, made = render(live)
    assert cues in made.read_bytes()


def test_quiet_and_loud_recordings_come_out_alike(render: Any, tmp_path: Path) -> None:
    def loudness(factor: float) -> float:
        _, _, made = render(films.wav(8, lambda seconds: films.speech(seconds) * factor))
        samples = np.concatenate([frame.to_ndarray().reshape(-1) for frame in av.open(str(made)).decode(audio=0)])
        return float(20 * np.log10(np.sqrt(np.mean(samples**2))))

    assert loudness(0.05) == pytest.approx(loudness(0.9), abs=3)


def test_pictures_are_taken_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "given.webm"
    path.write_bytes(films.film("webm", video="libvpx", live=True))
    arguments = {"path": str(path), "folder": str(tmp_path), "duration_ms": 5000, "poster": True, "times_ms": [0, 3000]}
    result = run_tool("stills", arguments, LIMITS)
    assert [still["at_ms"] for still in result["thumbnails"]] == [0, 3000]
    for still in (result["poster"], *result["thumbnails"]):
        assert (tmp_path / still["name"]).read_bytes().startswith(b"\xff\xd8")
        assert (still["width"], still["height"]) == (160, 120)


def test_work_beyond_its_time_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(films.wav(60, films.noise))
    started = time.monotonic()
    arguments = {
        "path": str(path),
        "folder": str(tmp_path),
        "probe": {"duration_ms": 60_000, "video": None, "audio": {"channels": 1}},
    }
    with pytest.raises(MediaWorkFailed) as failed:
        run_tool("render", arguments, Limits(cpu_s=1, memory_bytes=4 << 30))
    assert "more time or memory" in failed.value.detail
    assert time.monotonic() - started < 60


def test_output_beyond_its_limit_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.write_bytes(films.wav(20, films.noise))
    arguments = {
        "path": str(path),
        "folder": str(tmp_path),
        "probe": {"duration_ms": 20_000, "video": None, "audio": {"channels": 1}},
    }
    with pytest.raises(MediaWorkFailed):
        run_tool("render", arguments, Limits(memory_bytes=4 << 30, output_bytes=50_000))
    assert (tmp_path / "rendition.m4a").stat().st_size <= 50_000


def test_tool_that_breaks_is_not_said_to_have_taken_too_long(tmp_path: Path) -> None:
    with pytest.raises(MediaWorkFailed) as failed:
        run_tool("stills", {"path": str(tmp_path / "not-there"), "folder": str(tmp_path), "moments_ms": [0]}, LIMITS)
    assert "could not work on this file" in failed.value.detail
    assert "Traceback" in "".join(failed.value.__notes__)


def test_media_process_dies_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "given.webm"
    path.write_bytes(b"\x1aE\xdf\xa3")
    script = textwrap.dedent(
        f"""
        import time
        from twodesks.media.engine.limits import Limits
        from twodesks.media.engine.sandbox import MediaProcess
        process = MediaProcess("listen", {{"path": {str(path)!r}, "start_ms": 0}}, Limits(memory_bytes=4 << 30))
        process.tell("upto 4")
        print(process._process.pid, flush=True)
        time.sleep(600)
        """
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _is_alive(child)


def _is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_sound_is_heard_while_the_file_grows(tmp_path: Path) -> None:
    content = films.film("webm", seconds=6, live=True)
    path = tmp_path / "growing"
    path.write_bytes(content)
    half = len(content) // 2
    heard = 0
    told_all = False
    with media_process("listen", {"path": str(path), "start_ms": 0}, LIMITS) as process:
        process.tell(f"upto {half}")
        for kind, data in process.frames():
            if kind == b"P":
                heard += len(data) // 4
                if not told_all and heard >= 2 * 16_000:
                    assert heard < 3.5 * 16_000  # nothing beyond what was acknowledged
                    process.tell(f"end {len(content)}")
                    told_all = True
    assert heard == pytest.approx(6 * 16_000, rel=0.03)
