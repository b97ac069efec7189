"""Sounds for tests: real speech from the wheel `moonshine-voice`, noises from numpy, files by PyAV."""

import wave
from pathlib import Path
from typing import Any

import av
import moonshine_voice
import numpy as np

from twodesks.speech.decoding import SAMPLE_RATE, Pcm

SPEECH = Path(moonshine_voice.__file__).parent / "assets"
TWO_CITIES = SPEECH / "two_cities.wav"
BECKETT = SPEECH / "beckett.wav"

TWO_CITIES_TEXT = (
    "it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness it was "
    "the epoch of belief it was the epoch of incredulity it was the season of light it was the season of darkness it "
    "was the spring of hope it was the winter of despair we had everything before us we had nothing before us we were "
    "all going direct to heaven we were all going direct the other way in short the period was so far like the present "
    "period that some of its noisiest authorities insisted on its being received for good or for evil in the "
    "superlative degree of comparison only"
)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * SAMPLE_RATE), dtype=np.float32)


def noise(seconds: float, *, loudness: float = 0.1) -> Pcm:
    random = np.random.default_rng(7)
    return (random.standard_normal(round(seconds * SAMPLE_RATE)) * loudness).astype(np.float32)


def tone(seconds: float, hertz: float = 440.0, *, loudness: float = 0.2) -> Pcm:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (np.sin(2 * np.pi * hertz * time) * loudness).astype(np.float32)


def music(seconds: float) -> Pcm:
    """Chords with overtones over a beat, two a second."""
    random = np.random.default_rng(3)
    sound = silence(seconds)
    length = SAMPLE_RATE // 2
    time = np.arange(length) / SAMPLE_RATE
    for start in range(0, len(sound) - length, length):
        root = random.choice([261.6, 293.7, 329.6, 392.0, 440.0])
        chord = sum(np.sin(2 * np.pi * root * step * k * time) / k for step in (1, 1.25, 1.5) for k in range(1, 5))
        beat = random.standard_normal(length) * np.exp(-time * 40) * 0.3
        sound[start : start + length] += (chord * np.exp(-3 * time) * 0.1 + beat).astype(np.float32)
    return sound


def write_wav(path: Path, samples: Pcm) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_media(
    path: Path,
    samples: Pcm | None,
    *,
    codec: str = "libopus",
    video_seconds: float = 0,
    options: dict[str, str] | None = None,
    audio_tracks: int = 1,
) -> Path:
    """A file in the container that its name asks for; WebM with `options={"live": "1"}` is as a browser records it."""
    with av.open(str(path), "w", options=options or {}) as container:
        video: Any = (
            container.add_stream("libvpx" if path.suffix == ".webm" else "mpeg4", rate=5) if video_seconds else None
        )
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        tracks: list[Any] = [
            container.add_stream(codec, rate=48_000) for _ in range(audio_tracks if samples is not None else 0)
        ]
        for track in tracks:
            track.layout = "mono"
        if video is not None:
            for _ in range(round(video_seconds * 5)):
                container.mux(
                    video.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), dtype=np.uint8), format="rgb24"))
                )
            container.mux(video.encode(None))
        for track in tracks if samples is not None else []:
            _encode(container, track, samples if samples is not None else silence(0))
    return path


def _encode(container: Any, track: Any, samples: Pcm) -> None:
    resampler = av.AudioResampler(format=track.format.name, layout="mono", rate=48_000)
    for start in range(0, len(samples), SAMPLE_RATE):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + SAMPLE_RATE], format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start
        for resampled in resampler.resample(frame):
            container.mux(track.encode(resampled))
    for resampled in resampler.resample(None):
        container.mux(track.encode(resampled))
    container.mux(track.encode(None))
