"""What a conversation that had no title is called: the first sentence of its first message, as plain words."""

import re

TITLE_CHARS = 200
GOOD_LENGTH = 120
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_AUTOLINK = re.compile(r"<((?:https?|mailto):[^>\s]*)>")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_MARKS = re.compile(r"(?<!\\)(?:\*\*|~~|==|`|(?<!\w)_|_(?!\w))")
_START = re.compile(r"^\s*(?:[>#]+\s*|[-*+]\s+|\d{1,3}[.)]\s+|\[!said\]\s*)+")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~=&:])")
_SENTENCE = re.compile(r"(?<=[.?!…])\s")
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|hiya|morning|good (?:morning|afternoon|evening)|folks|all|team|everyone|everybody|there|guys)"
    r"[\s,!.:–-]*)+", re.IGNORECASE,
)  # fmt: skip


def title_of(markdown: str, fallback: str = "Talk") -> str:
    """At most `TITLE_CHARS`. A greeting at the start is passed over when words follow; code makes no title."""
    in_code = False
    for line in markdown.split("\n"):
        if _FENCE.match(line):
            in_code = not in_code
            continue
        words = "" if in_code else _plain(line)
        if words and any(letter.isalnum() for letter in words):
            return _shortened(words)
    return fallback


def is_question(markdown: str) -> bool:
    """Whether a first message asks something."""
    return "?" in markdown[:1_000] and len(markdown) >= 12 and "?" in _AUTOLINK.sub("", markdown[:1_000])


def _plain(line: str) -> str:
    words = _START.sub("", line)
    words = _AUTOLINK.sub(r"\1", _LINK.sub(r"\1", words))
    words = " ".join(_ESCAPE.sub(r"\1", _MARKS.sub("", words)).split())
    rest = _GREETING.sub("", words)
    return rest if len(rest) > 10 else words


def _shortened(words: str) -> str:
    if len(words) > GOOD_LENGTH:
        sentence = _SENTENCE.split(words, maxsplit=1)[0]
        words = sentence if len(sentence) >= 12 else words
    # An address stays as it is.
    words = words if "://" in words.split(" ", 1)[0] else words[:1].upper() + words[1:]
    if len(words) <= TITLE_CHARS:
        return words
    return words[: TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
