"""Media in, 16 kHz mono PCM out, block by block, so that the length of a recording does not matter.

Silence takes the place of what the container says is missing: the words of what follows keep the times at which a
player shows them.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

import av
import numpy as np
import numpy.typing as npt

from twodesks.kit.timecode import clock
from twodesks.speech.problems import EmptyFile, MediaProblem, NoAudioTrack, NotMedia, TruncatedMedia

SAMPLE_RATE = 16_000
BLOCK_SAMPLES = SAMPLE_RATE // 2

Pcm = npt.NDArray[np.float32]

# Containers only: playlists and scripts (HLS, concat, …) name other files and addresses, so they are never opened.
OPENING = {
    "format_whitelist": "mov,mp4,matroska,webm,mp3,wav,w64,aiff,ogg,flac,aac,ac3,caf,avi,mpegts,mpeg,asf,flv,amr",
    "protocol_whitelist": "file",
    "max_streams": "64",
}

# After so many that cannot be decoded nothing more will come of a file.
BAD_FRAMES_IN_A_ROW = 500

_FAMILIAR_STARTS = (b"\x1aE\xdf\xa3", b"RIFF", b"fLaC", b"OggS", b"ID3", b"FORM", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1")
_DECLARES_ITS_LENGTH = frozenset({"mov", "mp4", "matroska", "webm", "wav", "w64", "flac", "aiff", "avi"})
_SHORTFALL_MS = 1_000
_SHORTFALL_SHARE = 0.02
_GAP_SAMPLES = SAMPLE_RATE // 5
_LONGEST_GAP_SAMPLES = SAMPLE_RATE * 60 * 60


class Readable(Protocol):
    """All that is asked of a source: bytes in order, none at the end."""

    def read(self, size: int, /) -> bytes: ...


Source = str | os.PathLike[str] | Readable | IO[bytes]


def decode_audio(source: Source, *, start_ms: int = 0, allow_partial: bool = True) -> Iterator[Pcm]:
    """PCM from `start_ms` on, in blocks of half a second. Raises MediaProblem.

    A file cut short gives what it has; without `allow_partial` it then raises TruncatedMedia, after the last block.
    """
    with AudioReader(source) as reader:
        yield from reader.blocks(start_ms=start_ms, allow_partial=allow_partial)


class AudioReader:
    """An open recording. `duration_ms` is what its container declares, None when it does not say."""

    def __init__(self, source: Source) -> None:
        self._name = _display_name(source)
        start = _first_bytes(source, self._name)
        try:
            opened: Any = os.fspath(source) if isinstance(source, str | os.PathLike) else source
            self._container: Any = av.open(opened, mode="r", metadata_errors="ignore", options=OPENING)
        except av.error.FFmpegError as error:
            raise _cannot_open(self._name, getattr(source, "start", start)) from error
        self._stream = self._best_audio_stream()
        duration = self._container.duration
        self.duration_ms: int | None = None if duration is None or duration <= 0 else round(duration / 1000)
        if self.duration_ms is not None and start is not None and start.startswith(b"RIFF"):
            self.duration_ms = round(self.duration_ms * _missing_factor(source, start))
        self._start_s = (self._container.start_time or 0) / 1_000_000
        self._packets_until_ms = 0
        self._decoded_samples = 0

    @property
    def decoded_ms(self) -> int:
        return self._decoded_samples * 1000 // SAMPLE_RATE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._container.close()

    def blocks(self, *, start_ms: int = 0, allow_partial: bool = True) -> Iterator[Pcm]:
        skip = start_ms * SAMPLE_RATE // 1000
        for block in _in_equal_blocks(self._timed_pieces()):
            self._decoded_samples += len(block)
            if skip >= len(block):
                skip -= len(block)
                continue
            yield block[skip:]
            skip = 0
        if not self._decoded_samples:
            raise NotMedia(
                f"No sound could be read from {self._name}. The file is as it was. Record or export it again."
            )
        if not allow_partial:
            self._refuse_if_truncated()

    def _best_audio_stream(self) -> Any:
        stream = self._container.streams.best("audio")
        if stream is None:
            self.close()
            raise NoAudioTrack(
                f"{self._name} has no sound track, so there is nothing to caption. The file is as it was."
            )
        stream.thread_type = "AUTO"
        return stream

    def _timed_pieces(self) -> Iterator[Pcm]:
        """Resampled sound and, where the container's clock runs ahead of it, silence."""
        resampler = _Resampler()
        position = 0
        for frame in self._frames():
            if frame.time is not None:
                due = round((frame.time - self._start_s) * SAMPLE_RATE)
                gap = due - position - resampler.pending
                if _GAP_SAMPLES < gap <= _LONGEST_GAP_SAMPLES:
                    position += gap
                    yield from _silence(gap)
            for piece in resampler.resample(frame):
                position += len(piece)
                yield piece
        yield from resampler.flush()

    def _frames(self) -> Iterator[Any]:
        bad = 0
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                bad += 1
                if bad > BAD_FRAMES_IN_A_ROW:
                    return
                continue
            bad = 0
            yield from frames

    def _packets(self) -> Iterator[Any]:
        """The sound's packets. Those of other tracks are only looked at, to see how far the file goes."""
        with suppress(av.error.FFmpegError):  # a file cut in the middle of a packet ends here
            for packet in self._container.demux():
                if packet.pts is not None and packet.time_base is not None:
                    end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base) - self._start_s
                    self._packets_until_ms = max(self._packets_until_ms, round(end_s * 1000))
                if packet.stream.index == self._stream.index:
                    yield packet

    def _refuse_if_truncated(self) -> None:
        declares = _DECLARES_ITS_LENGTH.intersection(self._container.format.name.split(","))
        if self.duration_ms is None or not declares:
            return
        missing = self.duration_ms - max(self._packets_until_ms, self.decoded_ms)
        if missing > max(_SHORTFALL_MS, self.duration_ms * _SHORTFALL_SHARE):
            raise TruncatedMedia(
                f"{self._name} stops at {clock(self.decoded_ms)} of {clock(self.duration_ms)}: the rest of the file is "
                "missing. Copy or upload it again, or caption the part that is there.",
                kept_ms=self.decoded_ms,
            )


class _Resampler:
    """To 16 kHz mono floats, also when a stream changes its form on the way (a headset plugged in, say)."""

    def __init__(self) -> None:
        self._form: tuple[str, str, int] | None = None
        self._inner: Any = None
        self._taken_s = 0.0
        self._given = 0

    @property
    def pending(self) -> int:
        """Samples that went in and have not come out yet."""
        return round(self._taken_s * SAMPLE_RATE) - self._given

    def resample(self, frame: Any) -> Iterator[Pcm]:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            yield from self.flush()
            self._inner = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
            self._form = form
        frame.pts = None  # time is kept by the reader; the resampler would refuse a step back
        self._taken_s += frame.samples / frame.sample_rate
        yield from self._arrays(self._inner.resample(frame))

    def flush(self) -> Iterator[Pcm]:
        if self._inner is not None:
            yield from self._arrays(self._inner.resample(None))
            self._inner = None
            self._form = None

    def _arrays(self, frames: list[Any]) -> Iterator[Pcm]:
        for frame in frames:
            samples: Pcm = np.nan_to_num(frame.to_ndarray().reshape(-1), copy=False)
            self._given += len(samples)
            yield samples


def _in_equal_blocks(pieces: Iterator[Pcm]) -> Iterator[Pcm]:
    waiting: list[Pcm] = []
    held = 0
    for piece in pieces:
        waiting.append(piece)
        held += len(piece)
        if held >= BLOCK_SAMPLES:
            yield np.concatenate(waiting)
            waiting, held = [], 0
    if held:
        yield np.concatenate(waiting)


def _silence(samples: int) -> Iterator[Pcm]:
    while samples > 0:
        yield np.zeros(min(samples, BLOCK_SAMPLES), dtype=np.float32)
        samples -= BLOCK_SAMPLES


def _display_name(source: Source) -> str:
    if isinstance(source, str | os.PathLike):
        return Path(source).name
    name = getattr(source, "name", None)
    return Path(name).name if isinstance(name, str) else "The recording"


def _first_bytes(source: Source, name: str) -> bytes | None:
    """The start of a file named by its path; None for a stream, which cannot be looked at without taking from it."""
    if not isinstance(source, str | os.PathLike):
        return None
    try:
        with Path(source).open("rb") as handle:
            start = handle.read(16)
    except FileNotFoundError as error:
        raise NotMedia(f"There is no file at {os.fspath(source)}. Check the path.") from error
    except OSError as error:
        raise NotMedia(f"{name} cannot be read: {error.strerror}. Check the path and its permissions.") from error
    if not start:
        raise _empty(name)
    return start


def _empty(name: str) -> EmptyFile:
    return EmptyFile(f"{name} is empty. Copy, upload or record it again.")


def _missing_factor(source: Source, start: bytes) -> float:
    """How much longer a WAV says it is than its bytes: FFmpeg takes a cut one for whole. All ones mean unknown."""
    declared = int.from_bytes(start[4:8], "little") + 8
    size = Path(source).stat().st_size if isinstance(source, str | os.PathLike) else declared
    return declared / size if size < declared < 0xFFFF_FFFF else 1.0


def begins_like_media(start: bytes) -> bool:
    """Whether the first bytes of a file, eight or more, are those of a kind that is taken."""
    return start.startswith(_FAMILIAR_STARTS) or start[4:8] == b"ftyp"


def _cannot_open(name: str, start: bytes | None) -> MediaProblem:
    if start == b"":
        return _empty(name)
    if start is not None and begins_like_media(start):
        return TruncatedMedia(
            f"{name} begins like a recording, but too much of it is missing to play it. "
            "The file is as it was. Copy or upload it again."
        )
    return NotMedia(
        f"{name} is not a recording that can be played. The file is as it was. "
        "Use mp4, mov, webm, mkv, mp3, m4a, wav, ogg or flac."
    )
