"""A whole recording into words, in order, while it is being decoded."""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from twodesks.speech.decoding import SAMPLE_RATE, AudioReader
from twodesks.speech.transcriber import Heard, Transcriber
from twodesks.speech.windows import Window, WindowPlanner
from twodesks.speech.wordline import WordLine
from twodesks.speech.words import Word

_QUEUED_WINDOWS = 12
_SURE_OF_LANGUAGE = 0.5
FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Progress:
    """`words` are those that are new; `done_ms` says how far into the recording all words are known."""

    words: list[Word]
    done_ms: int
    language: str


class Transcription:
    """Iterate over it once. Decoding and voice detection run beside the speech model, a few windows ahead of it.

    `heard_ms`, `language` and `decode_ms` (time spent on decoding) are right when the iteration has ended.
    """

    def __init__(
        self,
        reader: AudioReader,
        transcriber: Transcriber,
        *,
        language: str | None = None,
        allow_partial: bool = True,
    ) -> None:
        self.heard_ms = 0
        self.decode_ms = 0
        self._reader = reader
        self._transcriber = transcriber
        self._allow_partial = allow_partial
        self._tongue = LanguageChoice(language)
        self._line = WordLine()
        self._queue: queue.Queue[Window | BaseException | None] = queue.Queue(_QUEUED_WINDOWS)
        self._abandoned = threading.Event()

    @property
    def language(self) -> str:
        return self._tongue.language or FALLBACK_LANGUAGE

    def __iter__(self) -> Iterator[Progress]:
        ahead = threading.Thread(target=self._decode, name="decode", daemon=True)
        ahead.start()
        try:
            size = 1  # the first words soon, then as many windows at once as is quickest
            while batch := self._next_batch(size):
                yield self._transcribe(batch)
                size = self._transcriber.batch_size
            yield Progress(self._line.finish(), self.heard_ms, self.language)
        finally:
            self._abandoned.set()
            ahead.join()

    def _decode(self) -> None:
        planner = WindowPlanner()
        started = time.monotonic()
        waited = 0.0
        try:
            for block in self._reader.blocks(allow_partial=self._allow_partial):
                for window in planner.feed(block):
                    waited += self._put(window)
            for window in planner.finish():
                waited += self._put(window)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the words are awaited
            self._put(error)
        else:
            self.heard_ms = planner.heard_samples * 1000 // SAMPLE_RATE
            self.decode_ms = round((time.monotonic() - started - waited) * 1000)
            self._put(None)

    def _put(self, item: Window | BaseException | None) -> float:
        started = time.monotonic()
        while not self._abandoned.is_set():
            try:
                self._queue.put(item, timeout=0.5)
                break
            except queue.Full:
                continue
        return time.monotonic() - started

    def _next_batch(self, size: int) -> list[Window]:
        batch: list[Window] = []
        while len(batch) < size:
            item = self._queue.get()
            if isinstance(item, BaseException):
                raise item
            if item is None:
                self._queue.put(None)
                break
            batch.append(item)
        return batch

    def _transcribe(self, batch: list[Window]) -> Progress:
        heard = self._transcriber.transcribe(batch, language=self._tongue.language)
        self._tongue.learn(heard)
        words = [word for one in heard for word in self._line.add(one.words, self.language)]
        return Progress(words, batch[-1].end * 1000 // SAMPLE_RATE, self.language)


class LanguageChoice:
    """The language once it is certain: given, or recognised in a window in which somebody spoke."""

    def __init__(self, language: str | None) -> None:
        self.language = language
        self._guess: str | None = None

    def learn(self, heard: list[Heard]) -> None:
        if self.language is not None:
            return
        spoken = next((one for one in heard if one.words), None)
        if spoken is None:
            return
        if spoken.language_probability >= _SURE_OF_LANGUAGE or spoken.language == self._guess:
            self.language = spoken.language
        self._guess = spoken.language
