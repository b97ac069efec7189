"""Make the form of a recording that every browser plays and can seek in: tool `render`.

Pictures that browsers play already are copied, not touched: VP8, VP9 and AV1 stay in WebM, H.264 goes to MP4. Sound is
always levelled, so that one need not reach for the volume between two recordings.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av

from twodesks.media.engine.frames import Sender
from twodesks.media.engine.loudness import RATE, Leveller
from twodesks.media.engine.opening import best_audio, best_video, open_media, start_seconds
from twodesks.media.engine.refusal import Refusal
from twodesks.speech.decoding import BAD_FRAMES_IN_A_ROW

COPIED_TO_WEBM = ("vp8", "vp9", "av1")
PLAIN_PIXELS = ("yuv420p", "yuvj420p")
LARGEST_WIDTH, LARGEST_HEIGHT = 1920, 1080
_TELL_EVERY_S = 2.0


def run(arguments: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """`path`, `folder`, `probe` → the file made in `folder`, its type and size, and `peaks` of its sound."""
    probe = arguments["probe"]
    kind, ending = _target(probe)
    made = Path(arguments["folder"]) / f"rendition{ending}"
    with open_media(Path(arguments["path"])) as source:
        peaks = _Rendering(source, made, probe, sender).run()
    return {"name": made.name, "content_type": kind, "peaks": peaks}


def _target(probe: dict[str, Any]) -> tuple[str, str]:
    video = probe["video"]
    if video is None:
        return "audio/mp4", ".m4a"
    return ("video/webm", ".webm") if _is_copied_to_webm(video) else ("video/mp4", ".mp4")


def _is_copied_to_webm(video: dict[str, Any]) -> bool:
    return video["codec"] in COPIED_TO_WEBM and not video["rotation"]


def _is_copied(video: dict[str, Any]) -> bool:
    plain = video["codec"] == "h264" and video["pixels"] in PLAIN_PIXELS and video["height"] <= 2160
    return not video["rotation"] and (plain or video["codec"] in COPIED_TO_WEBM)


class _Rendering:
    def __init__(self, source: Any, made: Path, probe: dict[str, Any], sender: Sender) -> None:
        self._source = source
        self._sender = sender
        self._duration_s = max(probe["duration_ms"] / 1000, 0.001)
        self._begin_s = start_seconds(source)
        self._told_s = 0.0
        self._bad = 0
        options = {"movflags": "+faststart"} if made.suffix in (".mp4", ".m4a") else {"cues_to_front": "1"}
        self._out = av.open(str(made), "w", options=options)
        self._audio = best_audio(source) if probe["audio"] else None
        self._video = best_video(source) if probe["video"] else None
        self._leveller: Leveller | None = None
        self._audio_out: Any = None
        self._video_out: Any = None
        self._encode_video: Callable[[Any], Iterator[Any]] | None = None
        if self._video is not None:
            self._prepare_video(probe["video"])
        if self._audio is not None:
            self._prepare_audio(probe["audio"], made.suffix)

    def run(self) -> list[float]:
        with self._out:
            streams = [stream for stream in (self._audio, self._video) if stream is not None]
            for packet in self._packets(streams):
                self._take(packet)
            self._finish()
        return self._leveller.peaks.summary() if self._leveller else []

    def _prepare_audio(self, audio: dict[str, Any], ending: str) -> None:
        layout = "stereo" if (audio["channels"] or 1) > 1 else "mono"
        codec = "libopus" if ending == ".webm" else "aac"
        self._audio_out = self._out.add_stream(codec, rate=RATE)
        self._audio_out.codec_context.layout = layout
        self._audio_out.bit_rate = 128_000 if layout == "stereo" else 80_000
        self._audio_out.codec_context.open()
        self._leveller = Leveller(self._audio_out.codec_context, layout, self._begin_s)

    def _prepare_video(self, video: dict[str, Any]) -> None:
        assert self._video is not None  # noqa: S101 - called for a picture
        if _is_copied(video):
            self._video_out = self._out.add_stream_from_template(self._video, opaque=True)
            return
        self._video.thread_type = "AUTO"
        picture = PictureEncoder(self._out, self._video, video, self._begin_s)
        self._video_out, self._encode_video = picture.stream, picture.encode

    def _packets(self, streams: list[Any]) -> Iterator[Any]:
        """In order, up to where the file breaks off."""
        packets = self._source.demux(streams)
        while True:
            try:
                packet = next(packets)
            except (StopIteration, av.error.FFmpegError):
                return
            self._tell(packet)
            yield packet

    def _take(self, packet: Any) -> None:
        if packet.stream is self._video and self._encode_video is None:
            self._copy(packet)
            return
        try:
            frames = packet.decode()
        except av.error.FFmpegError as error:
            self._bad += 1
            if self._bad > BAD_FRAMES_IN_A_ROW:
                raise Refusal(
                    "truncated", "Too much of this file is damaged to play it. It is kept as it came. Export it again."
                ) from error
            return
        self._bad = 0
        for frame in frames:
            self._encode(packet.stream, frame)

    def _encode(self, stream: Any, frame: Any) -> None:
        if stream is self._audio and self._leveller is not None:
            self._mux(self._leveller.feed(frame), self._audio_out)
        elif self._encode_video is not None:
            self._mux(self._encode_video(frame), self._video_out)

    def _copy(self, packet: Any) -> None:
        if packet.dts is None:
            return
        shift = round(self._begin_s / packet.time_base)
        packet.dts -= shift
        if packet.pts is not None:
            packet.pts -= shift
        packet.stream = self._video_out
        self._out.mux(packet)

    def _finish(self) -> None:
        if self._encode_video is not None:
            self._mux(self._encode_video(None), self._video_out)
        if self._leveller is not None:
            self._mux(self._leveller.finish(), self._audio_out)

    def _mux(self, packets: Iterator[Any], stream: Any) -> None:
        for packet in packets:
            packet.stream = stream
            self._out.mux(packet)

    def _tell(self, packet: Any) -> None:
        if packet.pts is None or packet.time_base is None:
            return
        at = float(packet.pts * packet.time_base) - self._begin_s
        if at - self._told_s > max(_TELL_EVERY_S, self._duration_s / 50):
            self._told_s = at
            self._sender.message(progress=round(min(at / self._duration_s, 0.99), 3))


class PictureEncoder:
    """Pictures that browsers do not play, made into H.264 of at most 1920 × 1080, upright."""

    def __init__(self, out: Any, source: Any, video: dict[str, Any], begin_s: float) -> None:
        self._begin_s = begin_s
        self._turns = (video["rotation"] // 90) % 4
        width, height = video["width"], video["height"]
        if self._turns % 2:
            width, height = height, width
        self._size = fitting_size(width, height)
        rate = source.average_rate or 30
        self.stream = out.add_stream("libx264", rate=min(rate, 60), options={"preset": "veryfast", "crf": "23"})
        self.stream.width, self.stream.height = self._size
        self.stream.pix_fmt = "yuv420p"
        self.stream.codec_context.time_base = source.time_base
        self._last = -1
        self._graph: Any = None
        self._form: tuple[int, int, str] | None = None

    def encode(self, frame: Any | None) -> Iterator[Any]:
        if frame is None:
            yield from self.stream.codec_context.encode(None)
            return
        if frame.time is None:
            return
        base = self.stream.codec_context.time_base
        at = round((frame.time - self._begin_s) / base)
        if at <= self._last:
            return
        self._last = at
        picture = self._upright(frame)
        picture.pts, picture.time_base = at, base
        picture.pict_type = 0
        yield from self.stream.codec_context.encode(picture)

    def _upright(self, frame: Any) -> Any:
        form = (frame.width, frame.height, frame.format.name)
        if form != self._form:
            self._graph, self._form = self._connect(frame), form
        self._graph.push(frame)
        return self._graph.pull()

    def _connect(self, frame: Any) -> Any:
        graph = av.filter.Graph()
        nodes = [
            graph.add_buffer(width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base)
        ]
        # FFmpeg's rotation counts against the clock: a quarter of it is undone by turning with the clock thrice.
        nodes += [graph.add("transpose", "cclock") for _ in range(self._turns)]
        nodes += [
            graph.add("scale", f"{self._size[0]}:{self._size[1]}"),
            graph.add("format", "yuv420p"),
            graph.add("setsar", "1"),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        return graph


def fitting_size(width: int, height: int) -> tuple[int, int]:
    """Within 1920 × 1080 (or upright), in even numbers, with its proportions kept."""
    longest, shortest = (LARGEST_WIDTH, LARGEST_HEIGHT) if width >= height else (LARGEST_HEIGHT, LARGEST_WIDTH)
    share = min(1.0, longest / width, shortest / height)
    return max(2, round(width * share) // 2 * 2), max(2, round(height * share) // 2 * 2)
