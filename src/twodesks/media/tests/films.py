"""Real recordings, small ones, made with the same library that reads them: what browsers, telephones and editors save.

The speech is that of moonshine-voice's samples.
"""

import io
import struct
import wave
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import moonshine_voice
import numpy as np

RATE = 48_000
PICTURES_PER_SECOND = 10


def speech_file(name: str = "two_cities") -> Path:
    """A recorded reading, in a WAV file."""
    return Path(moonshine_voice.__file__).parent / "assets" / f"{name}.wav"


def speech(seconds: float, name: str = "two_cities") -> Any:
    """Its first seconds, as mono floats."""
    source = av.open(str(speech_file(name)))
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    parts = [piece.to_ndarray().reshape(-1) for frame in source.decode(audio=0) for piece in resampler.resample(frame)]
    return np.concatenate(parts)[: round(seconds * RATE)]


class _Pipe(io.RawIOBase):
    """What a browser's recorder writes to: no way back, so no length and no index."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += data
        return len(data)


def film(
    container: str,
    *,
    seconds: float = 5,
    video: str | None = None,
    audio: str | None = "libopus",
    live: bool = False,
    sound: Callable[[float], Any] = speech,
    options: dict[str, str] | None = None,
) -> bytes:
    """A file of that container. `live`: written in order without a way back, as MediaRecorder does."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        pipe = _Pipe()
        _write_film(pipe if live else str(path), container, seconds, (video, audio), sound, options)
        return bytes(pipe.content) if live else path.read_bytes()


def _write_film(
    target: Any,
    container: str,
    seconds: float,
    codecs: tuple[str | None, str | None],
    sound: Callable[[float], Any],
    options: dict[str, str] | None,
) -> None:
    video, audio = codecs
    live = isinstance(target, _Pipe)
    live_options = {"live": "1"} if live and container == "webm" else {}
    out = av.open(target, "w", format=container, options=live_options | (options or {}))
    picture_stream = _add_video(out, video) if video else None
    sound_stream = _add_audio(out, audio) if audio else None
    samples = sound(seconds) if audio else None
    for second in range(int(np.ceil(seconds))):
        if picture_stream is not None:
            _write_pictures(out, picture_stream, second, min(seconds - second, 1))
        if sound_stream is not None and samples is not None:
            _write_sound(out, sound_stream, samples, second)
    for stream in (picture_stream, sound_stream):
        if stream is not None:
            out.mux(stream.encode(None))
    out.close()


def _add_video(out: Any, codec: str) -> Any:
    stream = out.add_stream(codec, rate=PICTURES_PER_SECOND)
    stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
    if codec in ("libvpx", "libvpx-vp9"):
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
    return stream


def _add_audio(out: Any, codec: str) -> Any:
    stream = out.add_stream(codec, rate=RATE)
    stream.layout = "mono"
    stream.codec_context.open()
    return stream


def _write_pictures(out: Any, stream: Any, second: int, share: float) -> None:
    for index in range(round(PICTURES_PER_SECOND * share)):
        at = second * PICTURES_PER_SECOND + index
        image = np.full((120, 160, 3), 60, np.uint8)
        image[20:60, (at * 3) % 120 : (at * 3) % 120 + 40] = (230, 120, 60)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
        frame.pts, frame.time_base = at, Fraction(1, PICTURES_PER_SECOND)
        out.mux(stream.encode(frame))


def _write_sound(out: Any, stream: Any, samples: Any, second: int) -> None:
    size = stream.codec_context.frame_size or 1024
    first = -(-second * RATE // size)
    last = -(-(second + 1) * RATE // size)
    for index in range(first, last):
        part = samples[index * size : (index + 1) * size]
        if not len(part):
            return
        frame = av.AudioFrame.from_ndarray(part.reshape(1, -1).astype(np.float32), format="flt", layout="mono")
        frame.sample_rate = RATE
        resampled = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=RATE).resample(frame)
        for piece in resampled:
            piece.pts, piece.time_base = index * size, Fraction(1, RATE)
            out.mux(stream.encode(piece))


def silence(seconds: float) -> Any:
    return np.zeros(round(seconds * RATE), np.float32)


def noise(seconds: float) -> Any:
    return np.random.default_rng(7).normal(0, 0.1, round(seconds * RATE)).astype(np.float32)


def wav(seconds: float, sound: Callable[[float], Any] = speech) -> bytes:
    """A plain WAV file."""
    target = io.BytesIO()
    with wave.open(target, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound(seconds), -1, 1) * 32767).astype("<i2").tobytes())
    return target.getvalue()


def many_tracks(count: int = 40) -> bytes:
    """A film with one picture and very many sounds."""
    target = io.BytesIO()
    out = av.open(target, "w", format="matroska")
    picture = _add_video(out, "libvpx")
    sounds = [_add_audio(out, "libopus") for _ in range(count - 1)]
    samples = speech(2)
    for second in range(2):
        _write_pictures(out, picture, second, 1)
        for stream in sounds:
            _write_sound(out, stream, samples, second)
    for stream in (picture, *sounds):
        out.mux(stream.encode(None))
    out.close()
    return target.getvalue()


def mp4_without_index(content: bytes) -> bytes:
    """An MP4 whose table of contents, at its end, did not make it."""
    at = 0
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        if kind == b"moov":
            return content[:at]
        at += size
    raise ValueError("no moov")
