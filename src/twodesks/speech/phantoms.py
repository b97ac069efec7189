"""Words that nobody said.

Whisper was taught on subtitles: given a noise it may write what subtitles say at such a place ("Thanks for
watching"), or repeat itself. Silero keeps most noise away from it; this looks at what came through.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from twodesks.speech.words import Word


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure Whisper was of a window: mean log probability, probability of no speech, repetition as gzip sees it."""

    mean_log_probability: float
    no_speech_probability: float
    compression_ratio: float

    @property
    def is_repetitive(self) -> bool:
        return self.compression_ratio > 2.4

    @property
    def is_doubtful(self) -> bool:
        """Worth a second attempt."""
        return self.is_repetitive or self.mean_log_probability < -1.0

    @property
    def is_silence(self) -> bool:
        return self.no_speech_probability > 0.6 and self.mean_log_probability < -1.0


_PHANTOM_PHRASES = frozenset(
    {
        "you", "bye", "bye bye", "thank you", "thank you so much", "thank you very much", "thanks",
        "thanks for watching", "thank you for watching", "thank you so much for watching", "please subscribe",
        "thanks for listening", "like and subscribe", "subscribe", "see you next time", "see you in the next video",
        "ill see you in the next video", "music", "applause", "silence", "the end", "to be continued", "so",
        "subtitles by the amaraorg community", "transcribed by httpsotterai", "beadaptive",
        "untertitel der amaraorgcommunity", "untertitel im auftrag des zdf 2017", "vielen dank",
        "vielen dank fürs zuschauen",
        "soustitres réalisés par la communauté damaraorg", "merci davoir regardé cette vidéo", "merci",
        "subtítulos realizados por la comunidad de amaraorg", "gracias por ver el video", "gracias",
        "legendas pela comunidade amaraorg", "obrigado", "sottotitoli creati dalla comunità amaraorg",
        "ご視聴ありがとうございました", "请不吝点赞订阅转发打赏支持明镜与点点栏目", "字幕由amaraorg社区提供",
        "продолжение следует",
        "редактор субтитров асемкин корректор аегорова", "시청해주셔서 감사합니다",
    }
)  # fmt: skip
_PHANTOM_PROBABILITY = 0.55
_PHANTOM_PAUSE_MS = 1_500
_LONGEST_PHRASE = 8

_UNLIKELY_WORDS = 0.30
_UNLIKELY_LOG_PROBABILITY = -1.3

_LONGEST_REPEATED = 12
_REPEATS_OF_ONE_WORD = 6
_REPEATS = 4
_INSTANT_RUN = 4
_INSTANT_PROBABILITY = 0.5


def without_phantoms(words: Sequence[Word], confidence: Confidence) -> list[Word]:
    """The words of one window that are to be believed."""
    if not words or confidence.is_silence or _is_guesswork(words, confidence):
        return []
    kept = _without_repetition(_without_instant_runs(words))
    return _without_phantom_phrases(kept, confidence)


def _is_guesswork(words: Sequence[Word], confidence: Confidence) -> bool:
    mean = sum(word.probability for word in words) / len(words)
    return mean < _UNLIKELY_WORDS and confidence.mean_log_probability < _UNLIKELY_LOG_PROBABILITY


def _without_instant_runs(words: Sequence[Word]) -> list[Word]:
    """Several words at one single moment were not spoken; the attention had nowhere to go."""
    kept: list[Word] = []
    run: list[Word] = []
    for word in [*words, None]:
        if word is not None and word.end_ms - word.start_ms <= 20 and word.probability < _INSTANT_PROBABILITY:
            run.append(word)
            continue
        if len(run) < _INSTANT_RUN:
            kept.extend(run)
        run = []
        if word is not None:
            kept.append(word)
    return kept


def _without_repetition(words: list[Word]) -> list[Word]:
    """A phrase said over and over is kept once. Six times for a single word: people do say "no, no, no"."""
    keys = [_plain(word.text) for word in words]
    kept: list[Word] = []
    at = 0
    while at < len(words):
        length, repeats = _repetition_at(keys, at)
        kept.extend(words[at : at + length])
        at += length * repeats
    return kept


def _repetition_at(keys: Sequence[str], at: int) -> tuple[int, int]:
    for length in range(1, _LONGEST_REPEATED + 1):
        phrase = keys[at : at + length]
        repeats = 1
        while keys[at + repeats * length : at + (repeats + 1) * length] == phrase:
            repeats += 1
        if repeats >= (_REPEATS_OF_ONE_WORD if length == 1 else _REPEATS):
            return length, repeats
    return 1, 1


def _without_phantom_phrases(words: list[Word], confidence: Confidence) -> list[Word]:
    """Known phrases, when they stand alone and Whisper itself was in doubt."""
    kept: list[Word] = []
    for group in _by_pauses(words):
        alone = len(group) <= _LONGEST_PHRASE and _plain("".join(word.text for word in group)) in _JOINED_PHRASES
        mean = sum(word.probability for word in group) / len(group)
        doubtful = mean < _PHANTOM_PROBABILITY or (confidence.no_speech_probability > 0.5 and mean < 0.8)
        if not (alone and doubtful):
            kept.extend(group)
    return kept


def _by_pauses(words: Sequence[Word]) -> list[list[Word]]:
    groups: list[list[Word]] = []
    for word in words:
        if groups and word.start_ms - groups[-1][-1].end_ms < _PHANTOM_PAUSE_MS:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _plain(text: str) -> str:
    return re.sub(r"[^\w]", "", text.casefold())


_JOINED_PHRASES = frozenset(_plain(phrase) for phrase in _PHANTOM_PHRASES)
