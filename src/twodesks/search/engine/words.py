"""Words as search compares them: case and accents folded, code-like words findable whole and in their parts."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator

from twodesks.language.words import WORD, is_code_like

# PostgreSQL refuses longer lexemes, and nobody types one.
LONGEST_WORD = 60
MOST_QUERY_WORDS = 40
MOST_QUERY_CHARACTERS = 2_000

_PART = re.compile(r"[^\W_]+", re.UNICODE)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]{2,}")
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_HYPHENATED = re.compile(r"\w-\w")


def fold(text: str) -> str:
    """Case and accents folded. Cyrillic `й` stays, since endings are told apart by it; `ё` is read as `е`."""
    if text.isascii():
        return text.lower().replace("\0", " ")
    folded = unicodedata.normalize("NFKD", text.replace("’", "'").casefold().replace("\0", " "))
    kept = "".join(
        character
        for place, character in enumerate(folded)
        if not unicodedata.combining(character) or (character == "\u0306" and folded[place - 1 : place] == "и")
    )
    return unicodedata.normalize("NFC", kept)


def indexed_words(text: str) -> str:
    """The words of a text as they are kept in the index, in order, with spaces between."""
    return " ".join(_indexed(text))


def query_words(text: str) -> list[str]:
    """The distinct words of a question, as the index has them, in order."""
    return list(dict.fromkeys(_indexed(text[:MOST_QUERY_CHARACTERS])))[:MOST_QUERY_WORDS]


def _indexed(text: str) -> Iterator[str]:
    for match in WORD.finditer(text):
        word = match.group()
        if _is_whole(word):
            yield whole_word(word)
        for part in _PART.findall(fold(word.removesuffix("'s").removesuffix("’s"))):
            if _CJK.search(part):
                yield from _pairs(part)
            else:
                yield part[:LONGEST_WORD]


def _is_whole(word: str) -> bool:
    return is_code_like(word) or bool(_HYPHENATED.search(word)) or any(mark in word for mark in ".:&+#")


def whole_word(word: str) -> str:
    """One made-up word of letters for a word with marks in it, which the parser of PostgreSQL would take apart."""
    digest = hashlib.blake2b(fold(word).encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"zq{digest.translate(_LETTERS)}q"


def _pairs(run: str) -> Iterator[str]:
    """Chinese, Japanese and Korean are written without spaces: each two characters count as a word."""
    for place in range(max(1, len(run) - 1)):
        yield run[place : place + 2]
