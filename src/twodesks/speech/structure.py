"""What a recording is about: its chapters, its key points with their seconds, its topics."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from twodesks.language.embedding import Embedder, Kind, Vectors, load_embedder
from twodesks.language.key_phrases import KeyPhrase, extract_key_phrases
from twodesks.language.key_points import extract_key_points
from twodesks.language.segmentation import segment_topics
from twodesks.speech.words import Sentence, Word, split_sentences

SHORTEST_WITH_CHAPTERS_MS = 120_000
SHORTEST_CHAPTER_MS = 20_000
MOST_CHAPTERS = 24
# Chosen on narrated lessons by bench/bench_chapters.py: their own chapters last 22 to 80 seconds.
CHAPTER_PENALTY = 0.55
TOPICS = 5

_FEWEST_KEY_POINTS = 3
_MOST_KEY_POINTS = 8
_TITLE_CANDIDATES = 10
_SINGLE_WORD = 0.6
_LEAST_TOPIC_WORDS = 12


@dataclass(frozen=True, slots=True)
class Chapter:
    start_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class KeyPoint:
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Structure:
    chapters: list[Chapter]
    key_points: list[KeyPoint]
    topics: list[str]


def find_structure(
    words: Sequence[Word], *, language: str = "en", duration_ms: int, embedder: Embedder | None = None
) -> Structure:
    sentences = split_sentences(words, language)
    if len(words) < _LEAST_TOPIC_WORDS:
        return Structure([], [], [])
    remembering = _Remembering(embedder or _embedder_for(language))
    return Structure(
        chapters=_chapters(sentences, language, duration_ms, remembering),
        key_points=_key_points(sentences, duration_ms, remembering),
        topics=_topics(sentences, language, remembering),
    )


def topic_starts(sentences: Sequence[Sentence], duration_ms: int, embedder: Embedder) -> list[int]:
    """Indexes of the sentences that open a chapter, the first sentence among them; none for a short recording."""
    if duration_ms < SHORTEST_WITH_CHAPTERS_MS or len(sentences) < 2:
        return []
    ends = [following.start_ms for following in sentences[1:]] + [max(duration_ms, sentences[-1].end_ms)]
    seconds = [(end - sentence.start_ms) / 1000 for sentence, end in zip(sentences, ends, strict=True)]
    seconds[0] += sentences[0].start_ms / 1000
    shortest = max(SHORTEST_CHAPTER_MS, duration_ms / MOST_CHAPTERS) / 1000
    texts = [sentence.text for sentence in sentences]
    starts = segment_topics(texts, min_size=shortest, sizes=seconds, penalty=CHAPTER_PENALTY, embedder=embedder)
    return starts if len(starts) > 1 else []


class _Remembering:
    """Embeds each sentence once, though several questions are asked about it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[tuple[str, Kind], Vectors] = {}
        self.model_id = embedder.model_id
        self.dimension = embedder.dimension

    def embed(self, texts: Sequence[str], *, kind: Kind) -> Vectors:
        new = list(dict.fromkeys(text for text in texts if (text, kind) not in self._known))
        for text, vector in zip(new, self._embedder.embed(new, kind=kind) if new else (), strict=True):
            self._known[text, kind] = vector
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[text, kind] for text in texts])


def _embedder_for(language: str) -> Embedder:
    """The default reads English; the multilingual one that comes with it reads the rest."""
    return load_embedder() if language == "en" else load_embedder("e5")


def _chapters(sentences: Sequence[Sentence], language: str, duration_ms: int, embedder: Embedder) -> list[Chapter]:
    starts = topic_starts(sentences, duration_ms, embedder)
    ends = [*starts[1:], len(sentences)] if starts else []
    bounds = zip(starts, ends, strict=True)
    texts = [" ".join(sentence.text for sentence in sentences[first:last]) for first, last in bounds]
    titles = _titles(texts, language, embedder)
    return [
        Chapter(sentences[first].start_ms if number else 0, title)
        for number, (first, title) in enumerate(zip(starts, titles, strict=True))
    ]


def _titles(texts: Sequence[str], language: str, embedder: Embedder) -> list[str]:
    """For each chapter the phrase that says what it is about and the others are not."""
    folded = [text.casefold() for text in texts]
    titles: list[str] = []
    for number, text in enumerate(texts):
        others = [other for at, other in enumerate(folded) if at != number]
        phrases = extract_key_phrases(text, limit=_TITLE_CANDIDATES, language=language, embedder=embedder)
        free = [phrase for phrase in phrases if _capitalised(phrase.text) not in titles]
        best = max(free, key=lambda phrase: _distinction(phrase, folded[number], others), default=None)
        titles.append(_capitalised(best.text) if best else f"Part {number + 1}")
    return titles


def _distinction(phrase: KeyPhrase, text: str, others: Sequence[str]) -> float:
    wanted = phrase.text.casefold()
    elsewhere = sum(other.count(wanted) for other in others)
    share = max(text.count(wanted), 1) / (max(text.count(wanted), 1) + elsewhere)
    says_enough = 1.0 if " " in phrase.text or not phrase.text.islower() else _SINGLE_WORD
    return phrase.score * says_enough * (0.4 + 0.6 * share)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _key_points(sentences: Sequence[Sentence], duration_ms: int, embedder: Embedder) -> list[KeyPoint]:
    limit = min(_MOST_KEY_POINTS, max(_FEWEST_KEY_POINTS, round(duration_ms / 60_000)))
    chosen = extract_key_points([sentence.text for sentence in sentences], limit=limit, embedder=embedder)
    return [KeyPoint(sentences[at].start_ms, sentences[at].end_ms, sentences[at].text) for at in chosen]


def _topics(sentences: Sequence[Sentence], language: str, embedder: Embedder) -> list[str]:
    text = " ".join(sentence.text for sentence in sentences)
    return [phrase.text for phrase in extract_key_phrases(text, limit=TOPICS, language=language, embedder=embedder)]
