"""Stretches of speech packed into windows of what Whisper hears at once (30 seconds).

Windows end at pauses. Where they end depends on the sound alone, not on when it arrived: a recording captioned while
it is made gets the same windows, and so the same words, as one captioned afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from twodesks.speech.decoding import SAMPLE_RATE, Pcm
from twodesks.speech.voice import FRAME_SAMPLES, VoiceDetector

WINDOW_SAMPLES = 28 * SAMPLE_RATE

_SPEECH = 0.5
_SILENCE = 0.35
_STRETCH_GAP = int(0.8 * SAMPLE_RATE)
_PAD = int(0.4 * SAMPLE_RATE)
_EARLIEST_CUT = 16 * SAMPLE_RATE
_LEAST_PAUSE = 2 * FRAME_SAMPLES
_LONG_SILENCE = 5 * SAMPLE_RATE
_ENOUGH_BEFORE_LONG_SILENCE = 10 * SAMPLE_RATE
_VERY_LONG_SILENCE = 30 * SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Piece:
    """`length` samples that lie at `offset` in the window and began at `start` in the recording."""

    offset: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Window:
    """Speech with its long silences left out. `end` is the sample of the recording up to which it has been heard."""

    samples: Pcm
    pieces: tuple[Piece, ...]
    end: int

    def recording_ms(self, window_s: float) -> int:
        """When something in the window happened in the recording."""
        at = round(window_s * SAMPLE_RATE)
        piece = next((p for p in self.pieces if at < p.offset + p.length), self.pieces[-1])
        inside = min(max(at - piece.offset, 0), piece.length)
        return (piece.start + inside) * 1000 // SAMPLE_RATE

    @property
    def speech_ms(self) -> int:
        return len(self.samples) * 1000 // SAMPLE_RATE


@dataclass(slots=True)
class _Pause:
    middle: int
    length: int
    speech_before: int


class WindowPlanner:
    """Takes sound in order, gives the windows that are closed. Holds no more sound than its open window."""

    def __init__(self, *, start_sample: int = 0) -> None:
        self._voice = VoiceDetector()
        self._heard = start_sample
        self._frames_from = start_sample
        self._audio: list[Pcm] = []
        self._audio_from = start_sample
        self._stretches: list[tuple[int, int]] = []
        self._speaking_from: int | None = None
        self._quiet_from: int | None = None
        self._pauses: list[_Pause] = []
        self._calmest: tuple[float, int, int] | None = None

    @property
    def heard_samples(self) -> int:
        return self._heard

    @property
    def open_speech_samples(self) -> int:
        """How much speech waits in the open window."""
        return self._packed(self._frames_from)

    @property
    def in_pause(self) -> bool:
        return self._speaking_from is None or self._quiet_from is not None

    @property
    def resume_sample(self) -> int:
        """From here the sound must be fed again after a restart, everything before being in closed windows."""
        return self._first_needed()

    def feed(self, pcm: Pcm) -> list[Window]:
        self._audio.append(pcm)
        self._heard += len(pcm)
        closed: list[Window] = []
        for probability in self._voice.feed(pcm):
            closed.extend(self._advance(float(probability)))
        self._forget_silence()
        return closed

    def finish(self) -> list[Window]:
        """The rest, as the last window, if anything was said in it."""
        window = self.open_window()
        self._stretches = []
        self._speaking_from = self._quiet_from = None
        self._pauses = []
        self._audio_from, self._audio = self._heard, []
        return [window] if window else []

    def open_window(self) -> Window | None:
        """What has been said since the last closed window."""
        spans = list(self._stretches)
        if self._speaking_from is not None:
            spans.append((self._speaking_from, self._heard))
        return self._cut(spans, self._heard) if spans else None

    def _advance(self, probability: float) -> Iterator[Window]:
        frame = self._frames_from
        self._frames_from = now = frame + FRAME_SAMPLES
        if probability >= _SPEECH:
            if self._speaking_from is None:
                yield from self._close_after_long_silence(frame)
                self._speaking_from = max(
                    frame - _PAD, self._stretches[-1][1] if self._stretches else 0, self._audio_from
                )
            self._end_pause(frame)
        elif probability < _SILENCE and self._speaking_from is not None:
            if self._quiet_from is None:
                self._quiet_from = frame
            elif now - self._quiet_from >= _STRETCH_GAP:
                self._end_stretch()
        if self._speaking_from is not None:
            self._note_calm(probability, frame)
            if self._packed(now) >= WINDOW_SAMPLES:
                yield self._close_at(self._best_cut(now))

    def _end_pause(self, frame: int) -> None:
        if self._quiet_from is None:
            return
        length = frame - self._quiet_from
        if length >= _LEAST_PAUSE:
            self._note_pause(self._quiet_from + length // 2, length)
        self._quiet_from = None

    def _end_stretch(self) -> None:
        if self._speaking_from is None or self._quiet_from is None:
            return
        end = self._quiet_from + _PAD
        self._note_pause(end, _STRETCH_GAP)
        self._stretches.append((self._speaking_from, end))
        self._speaking_from = self._quiet_from = None

    def _note_pause(self, middle: int, length: int) -> None:
        self._pauses.append(_Pause(middle, length, self._packed(middle)))

    def _note_calm(self, probability: float, frame: int) -> None:
        """The least speech-like frame of late, for speech without any pause."""
        if self._packed(frame) < _EARLIEST_CUT:
            self._calmest = None
        elif self._calmest is None or probability <= self._calmest[0]:
            self._calmest = (probability, frame, frame)

    def _packed(self, until: int) -> int:
        total = sum(max(0, min(end, until) - start) for start, end in self._stretches)
        return total + (max(0, until - self._speaking_from) if self._speaking_from is not None else 0)

    def _best_cut(self, now: int) -> int:
        """A long pause is better than a short one, a late one better than an early one: fewer, fuller windows."""
        fitting = [pause for pause in self._pauses if pause.speech_before >= _EARLIEST_CUT]
        if fitting:
            best = max(
                fitting, key=lambda p: min(p.length, _STRETCH_GAP) / 32 + (p.speech_before - _EARLIEST_CUT) / 1_920
            )
            return best.middle
        return self._calmest[1] if self._calmest else now

    def _close_after_long_silence(self, frame: int) -> Iterator[Window]:
        if not self._stretches:
            return
        silence = frame - self._stretches[-1][1]
        enough = self._packed(frame) >= _ENOUGH_BEFORE_LONG_SILENCE
        if silence >= _VERY_LONG_SILENCE or (silence >= _LONG_SILENCE and enough):
            yield self._close_at(self._stretches[-1][1])

    def _close_at(self, cut: int) -> Window:
        spans = list(self._stretches)
        if self._speaking_from is not None:
            spans.append((self._speaking_from, self._frames_from))
        window = self._cut([(start, min(end, cut)) for start, end in spans if start < cut], cut)
        self._stretches = [(max(start, cut), end) for start, end in self._stretches if end > cut]
        if self._speaking_from is not None:
            self._speaking_from = max(self._speaking_from, cut)
        self._pauses = [_Pause(p.middle, p.length, self._packed(p.middle)) for p in self._pauses if p.middle > cut]
        self._calmest = None
        self._forget_silence()
        return window

    def _cut(self, spans: list[tuple[int, int]], end: int) -> Window:
        audio = np.concatenate(self._audio)
        pieces, parts, offset = [], [], 0
        for start, stop in spans:
            part = audio[start - self._audio_from : stop - self._audio_from]
            pieces.append(Piece(offset, start, len(part)))
            parts.append(part)
            offset += len(part)
        return Window(np.concatenate(parts), tuple(pieces), end)

    def _first_needed(self) -> int:
        if self._stretches:
            return self._stretches[0][0]
        if self._speaking_from is not None:
            return self._speaking_from
        # The frame under way may yet turn out to be where somebody begins to speak.
        return max(self._frames_from - FRAME_SAMPLES - _PAD, self._audio_from)

    def _forget_silence(self) -> None:
        needed = self._first_needed()
        while self._audio and self._audio_from + len(self._audio[0]) <= needed:
            self._audio_from += len(self._audio.pop(0))
