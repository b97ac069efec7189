"""Whether a sentence says only what the messages that it cites say."""

import re

from twodesks.language import talk
from twodesks.language.words import WORD, common_words, fold, is_code_like, stem, stop_words

# At least this share of a sentence's content words must be in what it cites.
SHARE = 0.6
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NEGATED = re.compile(r"\b(?:not|no|never|none|without|cannot)\b|n['’]t\b", re.IGNORECASE)
_QUOTED_CODE = re.compile(r"`([^`]+)`")


def is_supported(sentence: str, cited: str) -> bool:
    """Every link, number, piece of code and code-like word must be there as it is; of the other words, most.

    A sentence that denies something rests on nothing that denies nothing.
    """
    if _NEGATED.search(sentence) and not _NEGATED.search(cited):
        return False
    flat = " ".join(cited.split())
    exact = [*talk.LINK.findall(sentence), *_QUOTED_CODE.findall(sentence)]
    if any(" ".join(piece.split()) not in flat for piece in exact):
        return False
    plain = talk.LINK.sub(" ", _QUOTED_CODE.sub(" ", sentence))
    if any(number not in set(_NUMBER.findall(cited)) for number in _NUMBER.findall(plain)):
        return False
    there = {_key(word) for word in WORD.findall(cited)}
    words = [word for word in WORD.findall(plain) if not word.isdigit()]
    if any(_key(word) not in there for word in words if is_code_like(word)):
        return False
    content = {_key(word) for word in words if _tells(word)}
    if not content:
        return bool(exact)
    return len(content & there) >= SHARE * len(content)


def _tells(word: str) -> bool:
    folded = fold(word)
    return len(folded) > 1 and folded not in stop_words("en") and folded not in common_words("en")


def _key(word: str) -> str:
    return fold(word) if is_code_like(word) else stem(word)
