"""Whom a name in a text means: those who spoke in the channel, by full name, nickname or beginning."""

from collections import OrderedDict
from collections.abc import Iterable

from twodesks.language.untangling.reading import FIRST, LAST, MARKED, commonness
from twodesks.language.words import stop_words

REMEMBERED = 20_000
# An unmarked word that more than one message in this many holds in any English text is taken for a word, not a name.
WORD_NOT_NAME = 1 / 1_500
_EDGE = "`'\"[]{}()<>|^_-~*.!+=/\\ "


class People:
    """Numbers for authors, in the order they were met, and the names they go by. The longest silent are forgotten."""

    def __init__(self) -> None:
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._nicknames: dict[str, str] = {}
        self._met = 0

    def number(self, author: str) -> int:
        """The author's number; authors are compared in lower case."""
        known = self._numbers.get(author)
        if known is not None:
            self._numbers.move_to_end(author)
            return known
        self._met += 1
        self._numbers[author] = self._met
        for nickname in _nicknames(author):
            self._nicknames[nickname] = author
        if len(self._numbers) > REMEMBERED:
            self._forget()
        return self._met

    def _forget(self) -> None:
        for _ in range(REMEMBERED // 10):
            self._numbers.popitem(last=False)
        self._nicknames = {name: author for name, author in self._nicknames.items() if author in self._numbers}

    def meant(self, names: Iterable[tuple[str, int]], nearby: Iterable[str]) -> dict[int, int]:
        """Who is named, by number, and how the name stands. `nearby` are lately heard authors, tried for beginnings."""
        found: dict[int, int] = {}
        for name, stands in names:
            author = self._author(name, stands)
            if author is None and stands == MARKED and len(name) > 2 and not found:
                author = next((other for other in nearby if other.startswith(name)), None)
            if author is not None and author in self._numbers:
                number = self._numbers[author]
                found[number] = max(stands, found.get(number, 0))
        return found

    def _author(self, name: str, stands: int) -> str | None:
        if stands != MARKED:
            if len(name) < 3 or name in stop_words("en"):
                return None
            if name in self._numbers:
                return None if commonness(name) > WORD_NOT_NAME and stands not in (FIRST, LAST) else name
            # A nickname is a guess, so it has to be unusual as a word.
            nickname = self._nicknames.get(name)
            return nickname if nickname is not None and commonness(name) <= WORD_NOT_NAME else None
        return name if name in self._numbers else self._nicknames.get(name)


def _nicknames(author: str) -> set[str]:
    """`_anna_` and `anna|away` are called anna; Anna Berg is called anna, and `@anna.berg`."""
    core = author.strip(_EDGE)
    found = {core, core.rstrip("0123456789"), core.split("|")[0].strip(_EDGE)}
    words = core.split()
    if len(words) > 1:
        found |= {words[0], ".".join(words), "".join(words), "_".join(words)}
    elif "." in core:
        found.add(core.split(".")[0])
    return {name for name in found if len(name) > 2} - {author}
