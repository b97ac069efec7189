"""Where sentences begin and end."""

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    re.split(
        r"\s+",
        "mr mrs ms dr prof st jr sr vs etc e.g i.e cf al fig figs no nos vol pp ca approx dept est inc ltd co corp "
        "jan feb mar apr jun jul aug sep sept oct nov dec z.b d.h bzw usw ca т.е т.д т.п",
    )
)
# A mark that may end a sentence with the quotes and brackets that close with it, or an empty line.
_END = re.compile(r"(?P<mark>[.!?…]+|[。！？])[\"'”’»)\]]*(?=\s|$|(?<=[。！？]))|\n\s*\n", re.UNICODE)
_LAST_WORD = re.compile(r"[\w.]+$", re.UNICODE)


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence, without the white space around it.

    Full stops inside abbreviations, initials, numbers, versions and file names end nothing.
    """
    start = 0
    for match in _END.finditer(text):
        if match["mark"] and not _ends_sentence(text, match):
            continue
        yield from _trimmed(text, start, match.end())
        start = match.end()
    yield from _trimmed(text, start, len(text))


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each with its white space folded."""
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    if match["mark"] != ".":
        return True
    before = _LAST_WORD.search(text, max(0, match.start() - 24), match.start())
    word = before.group() if before else ""
    if word.lower() in _ABBREVIATIONS or (len(word) == 1 and word.isalpha() and word.isupper()):
        return False
    following = text[match.end() : match.end() + 40].lstrip()
    return not following[:1].islower()


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
