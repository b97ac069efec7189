"""Words from an OpenAI-compatible `/audio/transcriptions` address."""

import difflib
import io
import math
import time
import wave
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import httpx
import numpy as np

from twodesks.speech.decoding import SAMPLE_RATE, Pcm
from twodesks.speech.languages import language_code
from twodesks.speech.phantoms import Confidence, without_phantoms
from twodesks.speech.problems import TranscriptionUnavailable, UnknownLanguage
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcriber import Heard
from twodesks.speech.transcription import FALLBACK_LANGUAGE
from twodesks.speech.windows import Window
from twodesks.speech.words import Word

_ATTEMPTS = 4
_FIRST_WAIT_S = 1.0
_LONGEST_WAIT_S = 30.0
_REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_UNSURE = Confidence(mean_log_probability=-0.3, no_speech_probability=0.0, compression_ratio=1.0)


class RemoteTranscriber:
    """Sends windows as WAV, several at once, and asks for word times. A service without them gets them estimated."""

    def __init__(self, settings: SpeechSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if not settings.url:
            raise ValueError("a remote transcriber needs an address")
        self.model_name = settings.model
        self.batch_size = settings.batch_size
        self._address = f"{settings.url.rstrip('/')}/audio/transcriptions"
        self._headers = {"Authorization": f"Bearer {settings.api_key}"} if settings.api_key else {}
        self._timeout = httpx.Timeout(settings.timeout_s, connect=min(10.0, settings.timeout_s))
        self._sleep = sleep

    def transcribe(self, windows: Sequence[Window], *, language: str | None, draft: bool = False) -> list[Heard]:
        """Drafts are as careful as the rest: the service decides."""
        if not windows:
            return []
        with (
            httpx.Client(headers=self._headers, timeout=self._timeout) as client,
            ThreadPoolExecutor(max_workers=len(windows), thread_name_prefix="transcribe") as pool,
        ):
            return list(pool.map(lambda window: self._hear(client, window, language), windows))

    def _hear(self, client: httpx.Client, window: Window, language: str | None) -> Heard:
        reply = self._ask(client, _wav(window.samples), language)
        tongue = language or _language(reply)
        words = _words(reply, window)
        return Heard(without_phantoms(words, _confidence(reply)), tongue, 1.0)

    def _ask(self, client: httpx.Client, sound: bytes, language: str | None) -> Mapping[str, Any]:
        form: dict[str, Any] = {
            "model": self.model_name,
            "response_format": "verbose_json",
            "timestamp_granularities[]": ["word", "segment"],
            "temperature": "0",
        }
        if language:
            form["language"] = language
        wait = _FIRST_WAIT_S
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                response = client.post(self._address, data=form, files={"file": ("speech.wav", sound, "audio/wav")})
            except httpx.TransportError as error:
                if attempt == _ATTEMPTS:
                    raise TranscriptionUnavailable(
                        f"No answer from the transcription service at {self._address}. The recording is safe. "
                        "Check TWODESKS_SPEECH_URL and the connection, then try again."
                    ) from error
            else:
                if not _is_temporary(response) or attempt == _ATTEMPTS:
                    return _read(response, self._address)
                wait = max(wait, _retry_after(response))
            self._sleep(min(wait, _LONGEST_WAIT_S))
            wait *= 2
        raise AssertionError("the last attempt returns or raises")


def _is_temporary(response: httpx.Response) -> bool:
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error


def _retry_after(response: httpx.Response) -> float:
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else 0.0


def _read(response: httpx.Response, address: str) -> Mapping[str, Any]:
    if response.status_code in _REFUSED:
        raise TranscriptionUnavailable(
            f"The transcription service at {address} refused the key. The recording is safe. "
            "Check TWODESKS_SPEECH_API_KEY."
        )
    if not response.is_success:
        raise TranscriptionUnavailable(
            f"The transcription service at {address} answered {response.status_code}: {_complaint(response)} "
            "The recording is safe. Check the address and the model, then try again."
        )
    try:
        reply = response.json()
    except ValueError:
        reply = None
    if not isinstance(reply, dict) or "text" not in reply:
        raise TranscriptionUnavailable(
            f"The answer from {address} is not a transcription. The recording is safe. Check TWODESKS_SPEECH_URL."
        )
    return reply


def _complaint(response: httpx.Response) -> str:
    try:
        message = str(response.json()["error"]["message"])
    except (ValueError, LookupError, TypeError):
        message = response.reason_phrase
    return message[:200].rstrip(".") + "."


def _wav(samples: Pcm) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def _language(reply: Mapping[str, Any]) -> str:
    try:
        return language_code(str(reply.get("language") or FALLBACK_LANGUAGE))
    except UnknownLanguage:
        return FALLBACK_LANGUAGE


def _confidence(reply: Mapping[str, Any]) -> Confidence:
    segments = reply.get("segments") or []
    if not segments:
        return _UNSURE
    return Confidence(
        mean_log_probability=min(float(s.get("avg_logprob", -0.3)) for s in segments),
        no_speech_probability=max(float(s.get("no_speech_prob", 0.0)) for s in segments),
        compression_ratio=max(float(s.get("compression_ratio", 1.0)) for s in segments),
    )


def _words(reply: Mapping[str, Any], window: Window) -> list[Word]:
    segments = reply.get("segments") or []
    timed = reply.get("words") or [word for segment in segments for word in segment.get("words") or []]
    if timed:
        texts = _with_punctuation([str(word["word"]).strip() for word in timed], str(reply["text"]))
        spans = [(float(word["start"]), float(word["end"])) for word in timed]
    else:
        texts, spans = _estimated(reply, segments, window)
    words = []
    for position, (text, (start, end)) in enumerate(zip(texts, spans, strict=True)):
        if text:
            own = timed[position].get("probability") if timed else None
            probability = float(own) if own is not None else _segment_probability(segments, start)
            words.append(Word(window.recording_ms(start), window.recording_ms(end), text, round(probability, 3)))
    return words


def _segment_probability(segments: Sequence[Mapping[str, Any]], at: float) -> float:
    """The service's certainty of the whole segment, for want of one for the word; 1 when it gives none at all."""
    for segment in segments:
        if "avg_logprob" in segment and at < float(segment.get("end", math.inf)):
            return min(1.0, math.exp(float(segment["avg_logprob"])))
    return 1.0


def _with_punctuation(texts: list[str], full: str) -> list[str]:
    """Some services leave punctuation out of the timed words; the text has it. Where they differ more, words stay."""
    tokens = full.split()
    if not any(character in ".,?!;:" for character in full) or any(text[-1:] in ".,?!" for text in texts):
        return texts
    bare = [_bare(token) for token in tokens]
    matcher = difflib.SequenceMatcher(a=[_bare(text) for text in texts], b=bare, autojunk=False)
    restored = list(texts)
    for block in matcher.get_matching_blocks():
        restored[block.a : block.a + block.size] = tokens[block.b : block.b + block.size]
    return restored


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _estimated(
    reply: Mapping[str, Any], segments: Sequence[Mapping[str, Any]], window: Window
) -> tuple[list[str], list[tuple[float, float]]]:
    """Without word times: words share the time of their segment by their length."""
    parts = [(str(s["text"]), float(s["start"]), float(s["end"])) for s in segments if "start" in s and "end" in s]
    texts: list[str] = []
    spans: list[tuple[float, float]] = []
    for text, start, end in parts or [(str(reply["text"]), 0.0, window.speech_ms / 1000)]:
        words = text.split()
        letters = sum(len(word) + 1 for word in words)
        at = start
        for word in words:
            length = (len(word) + 1) / letters * (end - start)
            texts.append(word)
            spans.append((at, at + length))
            at += length
    return texts, spans
