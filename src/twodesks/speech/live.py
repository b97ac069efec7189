"""Captions while the recording is still being made.

Words come twice. A draft follows the speaker by a few seconds; when its window is full, the window is heard once more
with care and its words are settled, the very words that a capture afterwards would give. A checkpoint after each
settled window lets another process go on where this one was killed.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Self

from twodesks.speech.decoding import SAMPLE_RATE, AudioReader, Pcm
from twodesks.speech.growing import GrowingFile
from twodesks.speech.transcriber import Transcriber
from twodesks.speech.transcription import FALLBACK_LANGUAGE, LanguageChoice
from twodesks.speech.windows import Window, WindowPlanner
from twodesks.speech.wordline import WordLine
from twodesks.speech.words import Word

_FIRST_DRAFT_SAMPLES = int(1.5 * SAMPLE_RATE)
_DRAFT_SAMPLES = 3 * SAMPLE_RATE
_DRAFT_IN_PAUSE_SAMPLES = int(1.5 * SAMPLE_RATE)
_CHECKPOINT_VERSION = 1


@dataclass(frozen=True, slots=True)
class LiveUpdate:
    """All words so far. The first `settled` of them will not change any more; the rest is a draft."""

    words: list[Word]
    settled: int
    settled_ms: int
    heard_ms: int
    language: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a LiveCaptioner can go on: feed it the sound from `resume_ms`.

    The last of its words is not settled yet: it comes again with the words that follow it.
    """

    resume_ms: int
    language: str | None
    words: tuple[Word, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "version": _CHECKPOINT_VERSION,
            "resume_ms": self.resume_ms,
            "language": self.language,
            "words": [[word.start_ms, word.end_ms, word.text, word.probability] for word in self.words],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises ValueError for a checkpoint of another version: begin again then."""
        if data.get("version") != _CHECKPOINT_VERSION:
            raise ValueError(f"a checkpoint of version {data.get('version')} cannot be read here")
        words = tuple(Word(int(start), int(end), str(text), float(p)) for start, end, text, p in data["words"])
        return cls(int(data["resume_ms"]), data["language"], words)


class LiveCaptioner:
    """Feed it 16 kHz mono sound in order. One thread at a time."""

    def __init__(
        self, transcriber: Transcriber, *, language: str | None = None, checkpoint: Checkpoint | None = None
    ) -> None:
        self._transcriber = transcriber
        start = checkpoint or Checkpoint(0, language, ())
        self._tongue = LanguageChoice(language or start.language)
        self._planner = WindowPlanner(start_sample=start.resume_ms * SAMPLE_RATE // 1000)
        self._line = WordLine(start.words)
        self._settled = list(start.words[:-1])
        self._settled_sample = start.resume_ms * SAMPLE_RATE // 1000
        self._draft = list(start.words[-1:])
        self._drafted_speech = 0
        self._slow_draft_samples = 0

    @property
    def words(self) -> list[Word]:
        """All words so far, the draft at the end."""
        return [*self._settled, *self._draft]

    @property
    def language(self) -> str:
        return self._tongue.language or FALLBACK_LANGUAGE

    @property
    def heard_ms(self) -> int:
        return self._planner.heard_samples * 1000 // SAMPLE_RATE

    def checkpoint(self) -> Checkpoint:
        """To be kept after each update that settled words."""
        held = [self._line.held] if self._line.held else []
        return Checkpoint(self._settled_ms, self._tongue.language, (*self._settled, *held))

    def feed(self, pcm: Pcm, *, more_waiting: bool = False) -> LiveUpdate | None:
        """An update, if there is news. With `more_waiting` no time is spent on drafts, to catch up with the speaker."""
        closed = self._planner.feed(pcm)
        if closed:
            return self._settle(closed)
        if not more_waiting and self._draft_is_due():
            return self._make_draft()
        return None

    def finish(self) -> LiveUpdate:
        """Settle the rest: the recording has ended."""
        self._settle(self._planner.finish())
        self._settled.extend(self._line.finish())
        self._settled_sample = self._planner.heard_samples
        self._draft = []
        return self._update()

    def _settle(self, windows: list[Window]) -> LiveUpdate:
        size = self._transcriber.batch_size
        for at in range(0, len(windows), size):
            heard = self._transcriber.transcribe(windows[at : at + size], language=self._tongue.language)
            self._tongue.learn(heard)
            self._settled.extend(word for one in heard for word in self._line.add(one.words, self.language))
        if windows:
            self._settled_sample = windows[-1].end
        self._draft = self._line.preview(
            [word for word in self._draft if word.start_ms >= self._settled_ms], self.language
        )
        self._drafted_speech = 0
        return self._update()

    def _draft_is_due(self) -> bool:
        speech = self._planner.open_speech_samples
        new = speech - self._drafted_speech
        if not self._settled and not self._draft and speech < _DRAFT_SAMPLES:
            return self._planner.in_pause and new >= _FIRST_DRAFT_SAMPLES
        in_pause = self._planner.in_pause and new >= _DRAFT_IN_PAUSE_SAMPLES
        return new >= self._slow_draft_samples and (in_pause or new >= _DRAFT_SAMPLES)

    def _make_draft(self) -> LiveUpdate | None:
        window = self._planner.open_window()
        if window is None:
            return None
        started = time.monotonic()
        heard = self._transcriber.transcribe([window], language=self._tongue.language, draft=True)[0]
        # On a slow machine drafts become rarer, so that they never take more than half of the time.
        self._slow_draft_samples = round(2 * (time.monotonic() - started) * SAMPLE_RATE)
        self._drafted_speech = self._planner.open_speech_samples
        self._draft = self._line.preview(heard.words, heard.language)
        return self._update(language=heard.language)

    @property
    def _settled_ms(self) -> int:
        return self._settled_sample * 1000 // SAMPLE_RATE

    def _update(self, *, language: str | None = None) -> LiveUpdate:
        return LiveUpdate(self.words, len(self._settled), self._settled_ms, self.heard_ms, language or self.language)


def follow_recording(
    path: str | os.PathLike[str],
    transcriber: Transcriber,
    *,
    is_complete: Callable[[], bool],
    language: str | None = None,
    checkpoint: Checkpoint | None = None,
) -> Iterator[tuple[LiveUpdate, Checkpoint]]:
    """Caption a file while it grows, until `is_complete` and read to its end.

    Keep the latest checkpoint (it has its words); after a restart pass it in, and nothing settled is heard again.
    Only formats that can be read in order will do (WebM, Matroska, Ogg, MP3, fragmented MP4): others raise
    MediaProblem, and are captioned when they are whole.
    """
    captioner = LiveCaptioner(transcriber, language=language, checkpoint=checkpoint)
    start_ms = checkpoint.resume_ms if checkpoint else 0
    with closing(GrowingFile(path, is_complete)) as source, AudioReader(source) as reader:
        for block in reader.blocks(start_ms=start_ms):
            update = captioner.feed(block, more_waiting=not source.caught_up)
            if update is not None:
                yield update, captioner.checkpoint()
    update = captioner.finish()
    yield update, captioner.checkpoint()
