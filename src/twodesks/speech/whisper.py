"""Whisper on this machine, by faster-whisper and CTranslate2."""

import os
import threading
from collections.abc import Sequence
from typing import Any

import ctranslate2
import httpx
import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel
from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

from twodesks.speech.decoding import SAMPLE_RATE
from twodesks.speech.languages import UNSPACED
from twodesks.speech.model_store import locate_model
from twodesks.speech.phantoms import Confidence, without_phantoms
from twodesks.speech.problems import ModelUnavailable
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcriber import Heard
from twodesks.speech.windows import Window
from twodesks.speech.words import Word

_SLOT_SECONDS = 30
_MOST_THREADS = 8
_DRAFT_BEAM = 1
_DETECTION_WINDOWS = 4


class WhisperTranscriber:
    """Windows are decoded side by side, without earlier text as a prompt: one mistake then cannot spread."""

    def __init__(self, settings: SpeechSettings) -> None:
        self.model_name = settings.model
        self.batch_size = settings.batch_size
        self._beam_size = settings.beam_size
        self.model = _load(settings)
        self._pipeline = BatchedInferencePipeline(self.model)
        self._one_at_a_time = threading.Lock()

    def transcribe(self, windows: Sequence[Window], *, language: str | None, draft: bool = False) -> list[Heard]:
        if not windows:
            return []
        with self._one_at_a_time:
            return self._transcribe(windows, language=language, draft=draft)

    def _transcribe(self, windows: Sequence[Window], *, language: str | None, draft: bool) -> list[Heard]:
        sound = np.zeros(len(windows) * _SLOT_SECONDS * SAMPLE_RATE, dtype=np.float32)
        clips = []
        for slot, window in enumerate(windows):
            start = slot * _SLOT_SECONDS
            sound[start * SAMPLE_RATE : start * SAMPLE_RATE + len(window.samples)] = window.samples
            clips.append({"start": start, "end": start + len(window.samples) / SAMPLE_RATE})
        segments, info = self._pipeline.transcribe(
            sound,
            language=language,
            clip_timestamps=clips,
            batch_size=self.batch_size,
            beam_size=_DRAFT_BEAM if draft else self._beam_size,
            word_timestamps=True,
            language_detection_segments=_DETECTION_WINDOWS,
        )
        by_slot: list[list[Any]] = [[] for _ in windows]
        for segment in segments:
            by_slot[segment.seek // (_SLOT_SECONDS * 100)].append(segment)
        return [
            Heard(
                self._believable(window, found, slot * _SLOT_SECONDS, info.language, draft=draft),
                info.language,
                info.language_probability,
            )
            for slot, (window, found) in enumerate(zip(windows, by_slot, strict=True))
        ]

    def _believable(
        self, window: Window, segments: list[Any], offset_s: int, language: str, *, draft: bool
    ) -> list[Word]:
        if not segments:
            return []
        confidence = _confidence(segments)
        if confidence.is_doubtful and not confidence.is_silence and not draft:
            segments, offset_s = self._second_attempt(window, language), 0
            if not segments:
                return []
            confidence = _confidence(segments)
        words = _words(window, segments, offset_s, language)
        return without_phantoms(words, confidence)

    def _second_attempt(self, window: Window, language: str) -> list[Any]:
        """Whisper's own way out of loops and doubt: again, with timestamps, at rising temperatures."""
        segments, _ = self.model.transcribe(
            window.samples,
            language=language,
            beam_size=self._beam_size,
            word_timestamps=True,
            condition_on_previous_text=False,
        )
        return list(segments)


def _load(settings: SpeechSettings) -> WhisperModel:
    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
    compute_type = settings.compute_type
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    try:
        return WhisperModel(
            locate_model(settings.model, settings.models_directory),
            device=device,
            compute_type=compute_type,
            cpu_threads=settings.threads or _usable_processors(),
            download_root=str(settings.models_directory / "hub"),
        )
    except (HfHubHTTPError, LocalEntryNotFoundError, httpx.HTTPError) as error:
        raise ModelUnavailable(
            f"The speech model “{settings.model}” could not be fetched from its hub. "
            "Check the name and the connection, or use “base”, which comes with the installation."
        ) from error
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelUnavailable(f"The speech model “{settings.model}” cannot be loaded: {error}") from error


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), _MOST_THREADS)
    return min(os.cpu_count() or 1, _MOST_THREADS)


def _confidence(segments: Sequence[Any]) -> Confidence:
    return Confidence(
        mean_log_probability=min(segment.avg_logprob for segment in segments),
        no_speech_probability=max(segment.no_speech_prob for segment in segments),
        compression_ratio=max(segment.compression_ratio for segment in segments),
    )


def _words(window: Window, segments: Sequence[Any], offset_s: int, language: str) -> list[Word]:
    words: list[Word] = []
    for timed in (word for segment in segments for word in segment.words or []):
        text = timed.word.strip()
        if not text:
            continue
        start_ms = window.recording_ms(timed.start - offset_s)
        end_ms = max(window.recording_ms(timed.end - offset_s), start_ms)
        word = Word(start_ms, end_ms, text, round(float(timed.probability), 3))
        if words and language not in UNSPACED and not timed.word.startswith(" "):
            words[-1] = _joined(words[-1], word)
        else:
            words.append(word)
    return words


def _joined(first: Word, second: Word) -> Word:
    """Whisper gives `twenty` and `-one` apart; they are one word."""
    probability = round((first.probability + second.probability) / 2, 3)
    return Word(first.start_ms, max(first.end_ms, second.end_ms), first.text + second.text, probability)
