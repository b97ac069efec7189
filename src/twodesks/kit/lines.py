"""Names and titles as one clean line."""

import unicodedata

# They turn the direction of what follows them, outside of the name too (Unicode Standard Annex 9, 2.1 to 2.5).
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def one_line(text: str) -> str:
    """Without control characters, halves of letters and what turns the direction of writing; spaces single, none at the
    ends."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cs" or letter in _TURNING:
        return ""
    return " " if kind == "Cc" else letter


def initials(name: str) -> str:
    """The first letters of the first and the last word that have any, else its first sign."""
    firsts = [first for word in name.split() if (first := next(filter(str.isalnum, word), ""))]
    return "".join(firsts[:1] + firsts[1:][-1:]).upper() or name[:1]
