"""What is kept of words as they come in: nothing that PostgreSQL cannot keep, lines that end in one way."""

import re

from twodesks.kit.lines import one_line
from twodesks.kit.problem import Invalid, TooLarge

# PostgreSQL keeps no NUL; half a surrogate pair is no letter.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def clean_line(words: str, *, most: int, field: str, refusal: str = "") -> str:
    """`one_line` of it. Raises `Invalid`, with `refusal` or words of its own, when it has more than `most` letters."""
    words = one_line(words)
    if len(words) > most:
        raise Invalid(refusal or f"Keep this under {most} letters. Nothing was lost.", field=field)
    return words


def clean_text(text: str, *, most: int, field: str) -> str:
    """Many lines. Raises `TooLarge` when it has more than `most` letters."""
    text = UNKEEPABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if len(text) > most:
        raise TooLarge(
            f"This has {len(text):,} letters, and there is room for {most:,}. It is still here as you wrote it: "
            "shorten it, or attach the rest as a file.",
            field=field,
        )
    return text
