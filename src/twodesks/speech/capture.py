"""A recording in, everything that its speech gives out: words, cues, chapters, key points, topics."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from twodesks.kit.webvtt import Cue
from twodesks.speech.cues import make_cues
from twodesks.speech.decoding import AudioReader
from twodesks.speech.structure import Chapter, KeyPoint, find_structure
from twodesks.speech.transcriber import Transcriber
from twodesks.speech.transcription import Progress, Transcription
from twodesks.speech.words import Word


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds. Decoding runs beside transcribing, so `total` is less than the sum."""

    decode: int
    transcribe: int
    structure: int
    total: int


@dataclass(frozen=True, slots=True)
class Capture:
    source: str
    duration_ms: int
    language: str
    model: str
    words: list[Word]
    cues: list[Cue]
    chapters: list[Chapter]
    key_points: list[KeyPoint]
    topics: list[str]
    timings_ms: Timings

    def to_json(self) -> dict[str, Any]:
        content = asdict(self)
        # What one hears alone names nobody; who speaks is known from a call's own transcript.
        content["cues"] = [{name: cue[name] for name in ("start_ms", "end_ms", "text")} for cue in content["cues"]]
        return content


ProgressListener = Callable[[Progress, int | None], None]


def capture_file(
    path: str | os.PathLike[str],
    transcriber: Transcriber,
    *,
    language: str | None = None,
    allow_partial: bool = False,
    on_progress: ProgressListener | None = None,
) -> Capture:
    """Raises MediaProblem. `on_progress` is told of new words, and of the length if the file declares it."""
    started = time.monotonic()
    words: list[Word] = []
    with AudioReader(path) as reader:
        transcription = Transcription(reader, transcriber, language=language, allow_partial=allow_partial)
        for progress in transcription:
            words.extend(progress.words)
            if on_progress is not None:
                on_progress(progress, reader.duration_ms)
    transcribed = time.monotonic()
    duration_ms = transcription.heard_ms
    cues = make_cues(words, language=transcription.language, duration_ms=duration_ms)
    structure = find_structure(words, language=transcription.language, duration_ms=duration_ms)
    finished = time.monotonic()
    return Capture(
        source=Path(path).name,
        duration_ms=duration_ms,
        language=transcription.language,
        model=transcriber.model_name,
        words=words,
        cues=cues,
        chapters=structure.chapters,
        key_points=structure.key_points,
        topics=structure.topics,
        timings_ms=Timings(
            decode=transcription.decode_ms,
            transcribe=_milliseconds(transcribed - started),
            structure=_milliseconds(finished - transcribed),
            total=_milliseconds(finished - started),
        ),
    )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
