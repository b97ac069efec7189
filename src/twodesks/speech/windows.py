"""Stretches of speech packed into windows of what Whisper hears at once (30 seconds).

Windows end at pauses. Where they end depends on the sound alone, not on when it arrived: a recording captioned while
it is made gets the same windows, and so the same words, as one captioned afterwards.
"""

from dataclasses import dataclass

import numpy as np

from twodesks.speech.decoding import SAMPLE_RATE, Pcm
from twodesks.speech.voice import FRAME_SAMPLES, VoiceDetector

WINDOW_SAMPLES = 28 * SAMPLE_RATE

_STEP = SAMPLE_RATE // 2
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


@dataclass(frozen=True, slots=True)
class _Pause:
    middle: int
    length: int
    speech_before: int

    def merit(self) -> float:
        return min(self.length, _STRETCH_GAP) / 32 + (self.speech_before - _EARLIEST_CUT) / 1_920


class WindowPlanner:
    """Takes sound in order, gives the windows that are closed. Holds no more sound than its open window.

    Behind each window it begins anew, as one that is started at that sample would: so a restart changes nothing.
    """

    def __init__(self, *, start_sample: int = 0) -> None:
        self._heard = start_sample
        self._audio: list[Pcm] = []
        self._begin_at(start_sample)

    def _begin_at(self, sample: int) -> None:
        self._voice = VoiceDetector()
        self._start = self._frames_from = self._audio_from = sample
        self._stretches: list[tuple[int, int]] = []
        self._speaking_from: int | None = None
        self._quiet_from: int | None = None
        self._pauses: list[_Pause] = []
        self._calmest: tuple[float, int] | None = None

    @property
    def heard_samples(self) -> int:
        return self._heard

    @property
    def held_samples(self) -> int:
        return sum(map(len, self._audio))

    @property
    def open_speech_samples(self) -> int:
        """How much speech waits in the open window."""
        return self._packed(self._frames_from)

    @property
    def in_pause(self) -> bool:
        return self._speaking_from is None or self._quiet_from is not None

    def feed(self, pcm: Pcm) -> list[Window]:
        closed = []
        for at in range(0, len(pcm), _STEP):
            step = pcm[at : at + _STEP]
            self._audio.append(step)
            self._heard += len(step)
            while (cut := self._next_cut(step)) is not None:
                closed.append(
                    self._window([(start, min(end, cut)) for start, end in self._spans() if start < cut], cut)
                )
                step = self._begin_again_at(cut)
            self._forget_silence()
        return closed

    def finish(self) -> list[Window]:
        """The rest, as the last window, if anything was said in it."""
        window = self.open_window()
        self._audio = []
        self._begin_at(self._heard)
        return [window] if window else []

    def open_window(self) -> Window | None:
        """What has been said since the last closed window."""
        spans = self._spans(until=self._heard)
        return self._window(spans, self._heard) if spans else None

    def _next_cut(self, pcm: Pcm) -> int | None:
        for probability in self._voice.feed(pcm):
            cut = self._advance(float(probability))
            if cut is not None:
                return cut
        return None

    def _advance(self, probability: float) -> int | None:
        """One frame on. The sample at which the window closes, if it does."""
        frame = self._frames_from
        self._frames_from = now = frame + FRAME_SAMPLES
        if probability >= _SPEECH:
            if self._speaking_from is None:
                self._speaking_from = max(frame - _PAD, self._stretches[-1][1] if self._stretches else self._start)
            self._end_pause(frame)
        elif probability < _SILENCE and self._speaking_from is not None:
            if self._quiet_from is None:
                self._quiet_from = frame
            elif now - self._quiet_from >= _STRETCH_GAP:
                self._end_stretch()
        if self._speaking_from is None:
            return self._cut_after_long_silence(now)
        self._note_calm(probability, frame)
        return self._best_cut(now) if self._packed(now) >= WINDOW_SAMPLES else None

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
        late = self._packed(frame) >= _EARLIEST_CUT
        if late and (self._calmest is None or probability <= self._calmest[0]):
            self._calmest = (probability, frame)

    def _best_cut(self, now: int) -> int:
        """A long pause is better than a short one, and of two alike the later: fewer, fuller windows."""
        fitting = [pause for pause in self._pauses if pause.speech_before >= _EARLIEST_CUT]
        if fitting:
            return max(fitting, key=_Pause.merit).middle
        return self._calmest[1] if self._calmest else now

    def _cut_after_long_silence(self, now: int) -> int | None:
        if not self._stretches:
            return None
        end = self._stretches[-1][1]
        enough = self._packed(now) >= _ENOUGH_BEFORE_LONG_SILENCE
        return end if now - end >= (_LONG_SILENCE if enough else _VERY_LONG_SILENCE) else None

    def _spans(self, *, until: int | None = None) -> list[tuple[int, int]]:
        if self._speaking_from is None:
            return list(self._stretches)
        return [*self._stretches, (self._speaking_from, self._frames_from if until is None else until)]

    def _packed(self, until: int) -> int:
        return sum(max(0, min(end, until) - start) for start, end in self._spans())

    def _window(self, spans: list[tuple[int, int]], end: int) -> Window:
        audio = np.concatenate(self._audio)
        pieces, parts, offset = [], [], 0
        for start, stop in spans:
            part = audio[start - self._audio_from : stop - self._audio_from]
            pieces.append(Piece(offset, start, len(part)))
            parts.append(part)
            offset += len(part)
        return Window(np.concatenate(parts), tuple(pieces), end)

    def _begin_again_at(self, cut: int) -> Pcm:
        rest = np.concatenate(self._audio)[cut - self._audio_from :]
        self._audio = [rest]
        self._begin_at(cut)
        return rest

    def _forget_silence(self) -> None:
        spans = self._spans()
        needed = spans[0][0] if spans else self._frames_from - _PAD
        while self._audio and self._audio_from + len(self._audio[0]) <= needed:
            self._audio_from += len(self._audio.pop(0))
