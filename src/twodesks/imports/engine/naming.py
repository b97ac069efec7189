"""People and channels in Markdown before it is known who they are here: marks that are filled in when it is.

Reading goes ahead of taking in, and taking in makes the people. Texts that are read hold no control characters, so none
of them can be taken for a mark.
"""

import re
from collections.abc import Callable

_MARK = re.compile("\x0e([@#])([^\x0e\x0f]*)\x0f([^\x0e\x0f]*)\x0f")
_LEFT_OVER = re.compile("[\x0e\x0f]")


class MarkNaming:
    """The `Naming` that leaves marks."""

    def person(self, key: str, fallback: str) -> str:
        return f"\x0e@{key}\x0f{fallback}\x0f"

    def channel(self, key: str, fallback: str) -> str:
        return f"\x0e#{key}\x0f{fallback}\x0f"


def fill_in(markdown: str, person: Callable[[str, str], str], channel: Callable[[str, str], str]) -> str:
    """The text with each mark replaced; a mark that was cut in two goes."""
    if "\x0e" not in markdown:
        return markdown
    filled = _MARK.sub(lambda found: (person if found[1] == "@" else channel)(found[2], found[3]), markdown)
    return _LEFT_OVER.sub("", filled)
