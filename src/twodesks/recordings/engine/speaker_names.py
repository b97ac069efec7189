"""Names in front of what is said: "Ada Nwosu: is it loose?". Which beginnings are names shows in the whole file."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 80
_NAMED = re.compile(r"^\s*(?:[-*>]\s+)?(?P<name>[^:：\n]{1,80}?)\s?(?::(?=\s|\*|$)|：)\s*(?P<said>.*)$", re.DOTALL)
_MARKED = re.compile(r"^\*\*(?P<name>[^*\n]{1,80}?)(?::\*\*|\*\*\s?:)\s*(?P<said>.*)$", re.DOTALL)
_NO_NAME = re.compile(r"[?!;\"“”<>{}|]|https?|\.\.|\.\s+[a-z]|^\d[\d:.,\s-]*$")
# "van Dijk", "d’Entremont"
_PARTICLES = frozenset(
    (
        "al",
        "bin",
        "d",
        "da",
        "de",
        "del",
        "den",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "ten",
        "van",
        "von",
        "y",
        "zu",
    )
)
_MOST_WORDS = 8
_ON_EVERY_LINE = 0.8
_SOMETIMES = 0.15


def clean_name(name: str) -> str:
    """On one line, without emphasis marks."""
    kept = "".join(letter if letter.isprintable() else " " for letter in name)
    return " ".join(kept.replace("**", " ").split()).strip("#*- ")[:LONGEST].rstrip()


def split_name(text: str) -> tuple[str, str] | None:
    """`Ada: yes` → (Ada, yes), if what stands before the colon could be a name."""
    match = _MARKED.match(text.lstrip()) or _NAMED.match(text)
    if match is None:
        return None
    name = clean_name(match["name"])
    return (name, match["said"]) if could_be_name(name) else None


def could_be_name(name: str) -> bool:
    return (
        0 < len(name.split()) <= _MOST_WORDS
        and any(letter.isalpha() for letter in name)
        and _NO_NAME.search(name) is None
    )


def looks_like_name(name: str) -> bool:
    """Every word begins with a capital, or with a letter that knows no case."""
    words = [word for word in re.split(r"[\s,()'’/-]+", name) if word and word.casefold() not in _PARTICLES]
    return could_be_name(name) and all(not word[0].islower() for word in words)


@dataclass(frozen=True, slots=True)
class NamesInUse:
    """Which names a file puts before what is said. `on_every_line`: a line without one has no speaker."""

    counts: Counter[str]
    are_there: bool
    on_every_line: bool

    @classmethod
    def among(cls, texts: Sequence[str]) -> "NamesInUse":
        found = [split for text in texts if (split := split_name(text)) is not None]
        counts = Counter(name for name, _ in found if looks_like_name(name) or len(name.split()) <= 2)
        named = sum(counts.values())
        often = sum(1 for count in counts.values() if count > 1)
        on_every_line = named >= _ON_EVERY_LINE * len(texts) > 0
        return cls(counts, on_every_line or (often > 1 and named >= _SOMETIMES * len(texts)), on_every_line)

    def has(self, name: str) -> bool:
        return self.counts[name] > 1 or (self.counts[name] == 1 and looks_like_name(name))


_ASIDE = re.compile(r"\s*[(\[|].*$|\s+[-–—|]\s+.*$|['’]s presentation$", re.IGNORECASE)


def forms_of_name(name: str) -> set[str]:
    """The ways in which a meeting tool may write one person's name, folded for comparison.

    `Nwosu, Ada (Perception)` → {"nwosu, ada", "ada nwosu"}.
    """
    plain = " ".join(_ASIDE.sub("", name).split())
    forms = {plain or name}
    family, comma, given = plain.partition(", ")
    if comma:
        forms.add(f"{given} {family}")
    return {_folded(form) for form in forms} - {""}


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
