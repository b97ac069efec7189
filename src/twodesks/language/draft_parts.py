"""A message's Markdown in parts that can be kept or left out, and a paragraph without its small talk."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from twodesks.language import talk
from twodesks.language.sentences import sentence_spans

_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_LIST_LINE = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S")
_INDENTED = re.compile(r"^(?: {4}|\t)")
_OTHER = re.compile(r"^ {0,3}(?:[>|#]|!\[|:::|(?:[-*_][ \t]*){3,}$)")
# Only what is surely whom one speaks to: "No, …" looks like a name as well.
_ADDRESS = re.compile(r"^\s*+(?:(?:@[\w.\-]+[:,]?|\[@[^\]\n]{1,200}\]\(/people/\d{1,18}/\)[:,]?)[ \t]+)+")
_TELLS = re.compile(r"[:`\d]")


@dataclass(frozen=True, slots=True)
class Part:
    """`kind`: `paragraph`, `list`, `code` (with its fence), or `other` (quote, table, heading, picture)."""

    kind: str
    text: str


def parts_of(text: str) -> list[Part]:
    """In order. Code is untouched; a fence that nobody closed is closed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[Part] = []
    place = 0
    for fence in talk.FENCE.finditer(text):
        found.extend(_between(text[place : fence.start()]))
        found.append(Part("code", _closed(fence)))
        place = fence.end()
    found.extend(_between(text[place:]))
    return found


def _closed(fence: re.Match[str]) -> str:
    code = fence[0].rstrip("\n")
    last = code.rsplit("\n", 1)[-1].strip()
    return code if "\n" in code and last.startswith(fence[1]) and not last.strip("`~") else f"{code}\n{fence[1]}"


def _between(text: str) -> Iterator[Part]:
    for piece in _EMPTY_LINE.split(text):
        if piece.strip():
            yield _part(piece.strip("\n"))


def _part(piece: str) -> Part:
    lines = piece.split("\n")
    if _LIST_LINE.match(lines[0]):
        return Part("list", piece.rstrip())
    if all(_INDENTED.match(line) for line in lines):
        return Part("code", piece.rstrip())
    if any(_OTHER.match(line) for line in lines):
        return Part("other", piece.rstrip())
    return Part("paragraph", piece.strip())


def said_of(paragraph: str, *, keep_questions: bool, keep_thanks: bool = True) -> str:
    """The sentences that say something, each as it was written.

    Left out: who is spoken to, greetings, thanks, "let me check"; unless `keep_questions`, questions back; unless
    `keep_thanks`, short sentences that thank or say that it worked.
    """
    text = _ADDRESS.sub("", talk.GREETS.sub("", _ADDRESS.sub("", paragraph), count=1)).lstrip(" ,!.-–")
    kept: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        sentence = text[start:end]
        if talk.is_small_talk(sentence) or _is_waiting(sentence) or (not keep_questions and _asks_back(sentence)):
            continue
        if not keep_thanks and _thanks(sentence):
            continue
        kept.append((start, end))
    return _joined(text, kept)


def _joined(text: str, kept: list[tuple[int, int]]) -> str:
    """Neighbours keep what stood between them; where a sentence went, a space closes the gap."""
    words = ""
    before = -1
    for start, end in kept:
        gap = text[before:start] if before >= 0 else ""
        words += (gap if before >= 0 and not gap.strip() else " " if before >= 0 else "") + text[start:end]
        before = end
    return words.strip()


def _is_waiting(sentence: str) -> bool:
    return len(sentence) <= 90 and bool(talk.WAITS.match(sentence)) and not _TELLS.search(sentence)


def _asks_back(sentence: str) -> bool:
    return sentence.rstrip(" \"'”’)*_").endswith("?") and "`" not in sentence and not talk.LINK.search(sentence)


def _thanks(sentence: str) -> bool:
    says_so = talk.THANKS.search(sentence) or talk.CONFIRMS.search(sentence)
    return bool(says_so) and len(talk.words_of(sentence)) <= 8 and not _TELLS.search(sentence)
