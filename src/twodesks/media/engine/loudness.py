"""Sound on its way from a file to a rendition: gaps filled, loudness levelled, cut to the encoder's frames."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.filter import Graph

RATE = 48_000
# EBU R 128 at -16 LUFS, the level that telephones and the web use for speech.
LEVELLER = ("loudnorm", "I=-16:TP=-1.5:LRA=11")
PEAKS_PER_SECOND = 20
MOST_PEAKS = 1000
CLOCK = Fraction(1, RATE)


class Leveller:
    """Feed decoded frames in order; packets of the encoder come out, a few seconds behind. `layout`: mono or stereo."""

    def __init__(self, encoder: Any, layout: str, begin_s: float) -> None:
        self.peaks = Peaks()
        self._encoder = encoder
        self._layout = layout
        self._begin_s = begin_s
        self._form: tuple[str, str, int] | None = None
        self._resampler: Any = None
        self._next = 0
        self._graph = self._connect()

    def _connect(self) -> Any:
        graph = Graph()
        form = f"sample_fmts={self._encoder.format.name}:sample_rates={RATE}:channel_layouts={self._layout}"
        graph.link_nodes(
            graph.add_abuffer(sample_rate=RATE, format="fltp", layout=self._layout),
            graph.add("aresample", "async=1:first_pts=0"),
            graph.add(*LEVELLER),
            graph.add("aresample", str(RATE)),
            graph.add("aformat", form),
            graph.add("abuffersink"),
        )
        graph.configure()
        graph.set_audio_frame_size(self._encoder.frame_size or 1024)
        return graph

    def feed(self, frame: Any) -> Iterator[Any]:
        form = (frame.format.name, frame.layout.name, frame.sample_rate)
        if form != self._form:
            self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=RATE)
            self._form = form
        if frame.time is not None:
            # Small jitter is left to the filter; a clock that runs backwards is not believed.
            self._next = max(self._next, round((frame.time - self._begin_s) * RATE))
        frame.pts = None
        for piece in self._resampler.resample(frame):
            self.peaks.add(piece.to_ndarray(), self._next)
            piece.pts = self._next
            piece.time_base = CLOCK
            self._next += piece.samples
            self._graph.push(piece)
            yield from self._encoded()

    def finish(self) -> Iterator[Any]:
        if self._next:
            self._graph.push(None)
            yield from self._encoded()
        yield from self._encoder.encode(None)

    def _encoded(self) -> Iterator[Any]:
        while True:
            try:
                frame = self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            yield from self._encoder.encode(frame)


class Peaks:
    """How loud it was, twenty times a second, for the waveform."""

    def __init__(self) -> None:
        self._loudest: list[float] = []

    def add(self, samples: Any, at: int) -> None:
        mono = np.abs(samples).max(axis=0)
        step = RATE // PEAKS_PER_SECOND
        first = at // step
        self._loudest.extend([0.0] * (first + len(mono) // step + 1 - len(self._loudest)))
        for index in range(0, len(mono), step):
            place = (at + index) // step
            self._loudest[place] = max(self._loudest[place], float(mono[index : index + step].max()))

    def summary(self) -> list[float]:
        """At most a thousand values from 0 to 1, the loudest of each stretch, the loudest of all being 1."""
        if not self._loudest:
            return []
        count = min(MOST_PEAKS, len(self._loudest))
        stretches = np.array_split(np.nan_to_num(np.array(self._loudest)), count)
        values = np.array([stretch.max() for stretch in stretches])
        top = float(values.max())
        return [round(float(value) / top, 3) for value in values] if top > 0 else [0.0] * count
