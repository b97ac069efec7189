"""The phrases that name what a text is about."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from twodesks.language.embedding import Embedder
from twodesks.language.sentences import split_sentences
from twodesks.language.words import WORD, common_words, fold, is_code_like, rarity, stem, stop_words

MAX_WORDS = 3
# A phrase's own weight, against its likeness in meaning to the whole text, when an embedder is given.
OWN_WEIGHT = 0.6
CANDIDATES_TO_EMBED = 60
MAX_CHARACTERS = 200_000

_CYRILLIC = re.compile(r"[а-яё]{3}", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s$")
_BREAK = re.compile(r"[^\s\w'’\-]|\s-+\s", re.UNICODE)


@dataclass(frozen=True, slots=True)
class KeyPhrase:
    """A phrase as the text writes it, and its weight from 0 to 1."""

    text: str
    score: float


@dataclass(slots=True)
class _Candidate:
    words: tuple[str, ...]
    count: int = 0
    first: int = 0
    forms: Counter[str] = field(default_factory=Counter)


def extract_key_phrases(
    text: str, *, limit: int = 8, language: str = "en", embedder: Embedder | None = None
) -> list[KeyPhrase]:
    """At most `limit` phrases of up to three words, the weightiest first, no two of them variants of each other.

    Phrases are runs of words between stop words and punctuation, weighed by how often they come, how rare their words
    are in the language, and how early they appear. With an embedder, phrases near in meaning to the whole text rise.
    """
    sentences = split_sentences(text[:MAX_CHARACTERS])
    stops = stop_words(language) | stop_words("en") | common_words("en")
    if _CYRILLIC.search(text):
        stops |= stop_words("ru")
    candidates = _collect(sentences, stops)
    if not candidates or limit < 1:
        return []
    words = Counter(word for sentence in sentences for word in map(_key, _words(sentence)))
    scores = {key: _weight(candidate, words, len(sentences)) for key, candidate in candidates.items()}
    if embedder is not None:
        scores = _blend_meaning(scores, candidates, sentences, embedder)
    top = max(scores.values())
    ranked = sorted(scores, key=lambda key: (-scores[key], candidates[key].first, key))
    return [
        KeyPhrase(text=_display(candidates[key]), score=round(scores[key] / top, 4))
        for key in _without_variants(ranked, candidates, limit)
    ]


def _key(word: str) -> str:
    return fold(word) if is_code_like(word) else stem(word)


def _words(sentence: str) -> list[str]:
    return WORD.findall(sentence)


def _collect(sentences: Sequence[str], stops: frozenset[str]) -> dict[tuple[str, ...], _Candidate]:
    found: dict[tuple[str, ...], _Candidate] = {}
    for number, sentence in enumerate(sentences):
        for run in _runs(sentence, stops):
            for phrase in _phrases(run):
                key = tuple(_key(word) for word, _ in phrase)
                candidate = found.setdefault(key, _Candidate(words=tuple(word for word, _ in phrase), first=number))
                candidate.count += 1
                # What opens a sentence is capitalised whatever it is, so it says nothing about how the word is
                # written.
                opens = phrase[0][1] == 0
                candidate.forms[" ".join(word for word, _ in phrase)] += 1 if opens else 3
    return found


def _runs(sentence: str, stops: frozenset[str]) -> Iterator[list[tuple[str, int]]]:
    """Stretches of words with neither stop word nor punctuation between them, each word with its place."""
    run: list[tuple[str, int]] = []
    end = 0
    for place, match in enumerate(WORD.finditer(sentence)):
        word = match.group()
        if run and _BREAK.search(sentence[end : match.start()]):
            yield run
            run = []
        end = match.end()
        if _is_content(word, stops):
            run.append((word, place))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_content(word: str, stops: frozenset[str]) -> bool:
    if is_code_like(word):
        return len(word) <= 60
    folded = fold(word)
    if folded in stops or folded.removesuffix("'s") in stops or not any(c.isalpha() for c in folded):
        return False
    return 1 < len(folded) <= 40 or not folded.isascii()


def _phrases(run: Sequence[tuple[str, int]]) -> Iterator[Sequence[tuple[str, int]]]:
    for length in range(1, MAX_WORDS + 1):
        for start in range(len(run) - length + 1):
            phrase = run[start : start + length]
            keys = [_key(word) for word, _ in phrase]
            if not (_is_weak_end(phrase[-1][0]) or _is_adverb(phrase[0][0])) and len(set(keys)) == length:
                yield phrase


def _is_adverb(word: str) -> bool:
    return word.islower() and word.endswith("ly") and len(word) > 5


def _is_weak_end(word: str) -> bool:
    """Phrases end in what they name; an adverb or a participle there is a piece of a longer clause."""
    return _is_adverb(word) or (word.islower() and word.endswith("ed") and len(word) > 4)


def _weight(candidate: _Candidate, words: Counter[str], sentences: int) -> float:
    length = len(candidate.words)
    shared = sum(_word_weight(word, words[_key(word)]) for word in candidate.words) / length
    together = math.log2(1 + candidate.count)
    # A pair that comes once may be chance; one that keeps coming back is a term.
    longer = {1: 0.75, 2: 1.0, 3: 0.9}[length] if candidate.count == 1 else {1: 0.8, 2: 1.35, 3: 1.45}[length]
    if length == 1 and candidate.words[0].islower() and candidate.words[0].endswith(("ing", "ed")):
        shared *= 0.6
    early = 1.0 + 0.25 * (1 - candidate.first / max(1, sentences))
    return shared * (0.6 + 0.4 * together) * longer * early


def _word_weight(word: str, count: int) -> float:
    known = 0.15 + rarity(word) ** 2
    if is_code_like(word):
        known = 1.35
    elif word[:1].isupper():
        known *= 1.1
    if word.islower() and word.endswith(("ing", "ed")):
        known *= 0.7
    return known * math.sqrt(1 + math.log2(count))


def _blend_meaning(
    scores: dict[tuple[str, ...], float],
    candidates: dict[tuple[str, ...], _Candidate],
    sentences: Sequence[str],
    embedder: Embedder,
) -> dict[tuple[str, ...], float]:
    keys = sorted(scores, key=lambda key: -scores[key])[:CANDIDATES_TO_EMBED]
    sampled = list(itertools.islice(sentences, 0, None, max(1, len(sentences) // 40)))
    about = embedder.embed(sampled, kind="passage").mean(axis=0)
    likeness = embedder.embed([_display(candidates[key]) for key in keys], kind="passage") @ about
    low, spread = float(likeness.min()), float(np.ptp(likeness)) or 1.0
    top = max(scores.values())
    return {
        key: OWN_WEIGHT * scores[key] / top + (1 - OWN_WEIGHT) * (float(near) - low) / spread
        for key, near in zip(keys, likeness, strict=True)
    }


def _display(candidate: _Candidate) -> str:
    """The commonest way the text writes the phrase."""
    written = max(candidate.forms, key=lambda form: (candidate.forms[form], form))
    form = _POSSESSIVE.sub("", written)
    first, _, rest = form.partition(" ")
    if candidate.forms[written] >= 3 or not first.istitle() or rarity(first) > 0.97 or rest.istitle():
        return form
    return f"{first.lower()} {rest}".rstrip()


def _without_variants(
    ranked: Sequence[tuple[str, ...]], candidates: dict[tuple[str, ...], _Candidate], limit: int
) -> list[tuple[str, ...]]:
    chosen: list[tuple[str, ...]] = []
    for key in ranked:
        if len(chosen) == limit:
            break
        if not any(_overlaps(key, other) for other in chosen):
            chosen.append(key)
    return chosen


def _overlaps(key: tuple[str, ...], other: tuple[str, ...]) -> bool:
    shared = len(set(key) & set(other))
    return shared > 0 and (shared == min(len(key), len(other)) or shared >= 2)
