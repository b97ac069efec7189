"""Words of a text as people write them, code-like ones kept whole, and how common each is."""

import json
import math
import re
import unicodedata
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
# A word; or one with marks inside: `ERR_42`, `get-pods`, `settings.py`, `C++`, `don't`, `/etc/hosts`, `--dry-run`.
WORD = re.compile(r"(?:--?|/|@|#|\.(?=[a-z]))?[^\W_](?:[\w]|[.\-/’'@:+&](?=[^\W_]))*(?:\+\+|#)?", re.UNICODE)
_UNDOUBLED = re.compile(r"([bdgklmnprt])\1$")
_INNER_MARK = re.compile(r"[_./@:#]|\+\+|^--?|\w-\d|\d-\w|[a-z][A-Z]|\d[A-Za-z]|[A-Za-z]\d")


def is_code_like(word: str) -> bool:
    """True for identifiers, error codes, file names, flags and versions."""
    return bool(_INNER_MARK.search(word)) and not word.replace(".", "").replace(":", "").isdigit()


def fold(text: str) -> str:
    """Case and accents folded, as search compares words."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words of a language (`en`, `de-AT`, …) that join others; empty for a language without a list."""
    return _listed("stop_words", language)


@cache
def common_words(language: str) -> frozenset[str]:
    """Words that mean something but name no topic by themselves; empty for a language without a list."""
    return _listed("common_words", language)


def _listed(folder: str, language: str) -> frozenset[str]:
    code = language.lower().replace("_", "-").split("-")[0]
    path = _DATA / folder / f"{code}.txt"
    if not code.isalpha() or not path.exists():
        return frozenset()
    return frozenset(fold(word) for word in path.read_text(encoding="utf-8").split())


@cache
def _ranks() -> dict[str, int]:
    # The tokenizer lists its words from the most to the least frequent: a table of commonness we have anyway.
    vocabulary = json.loads((_DATA / "minilm-tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return {word: rank for word, rank in vocabulary.items() if word.isalpha() and not word.startswith("##")}


def rarity(word: str) -> float:
    """From 0 for the commonest English words to 1 for words outside the commonest 28,000."""
    folded = fold(word)
    ranks = _ranks()
    rank = ranks.get(folded) or ranks.get(folded.removesuffix("'s")) or ranks.get(folded.removesuffix("s"))
    if rank is None:
        return 1.0
    return min(1.0, max(0.0, math.log(max(rank - 1_990, 1)) / math.log(28_500)))


def stem(word: str) -> str:
    """A rough stem: enough to see that two forms are one word."""
    folded = fold(word).removesuffix("'s")
    for suffix in ("ations", "ation", "ings", "ing", "ers", "ied", "ies", "ed", "es", "er", "s", "e", "y"):
        if folded.endswith(suffix) and len(folded) - len(suffix) >= 4:
            return _UNDOUBLED.sub(r"\1", folded.removesuffix(suffix))
    return folded
