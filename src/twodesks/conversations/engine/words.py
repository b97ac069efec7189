"""Titles, bodies and mentions of messages."""

import re
from collections.abc import Iterable, Mapping

from twodesks.kit.markdown import MAX_CHARS, escape, plain_text
from twodesks.kit.problem import Invalid
from twodesks.kit.words import clean_line, clean_text

TITLE_CHARS = 200
REMARK_CHARS = 500
EMOJI_CHARS = 64

MENTION = re.compile(r"\[@[^\]\n]{1,200}\]\(/people/(\d{1,18})/\)")
_CODE = re.compile(r"(```.*?(?:```|\Z)|`[^`\n]+`|\[[^\]\n]*\]\([^)\n]*\))", re.DOTALL)
_HANDLE = re.compile(r"(?<![\w@/.])@([^\W\d_][\w’'-]*(?: [^\W\d_][\w’'-]*){0,3})")
_SENTENCE = re.compile(r"(?<=[.?!…])\s")


def clean_title(title: str) -> str:
    """One line. Raises `Invalid` when there are no words or too many."""
    title = clean_line(title, most=TITLE_CHARS, field="title")
    if not title:
        raise Invalid("Say in a line what it is about. What you wrote below is kept.", field="title")
    return title


def clean_body(body: str) -> str:
    """Raises `TooLarge`."""
    return clean_text(body, most=MAX_CHARS, field="body")


def clean_remark(words: str, *, field: str) -> str:
    return clean_line(words, most=REMARK_CHARS, field=field)


def title_and_body(text: str) -> tuple[str, str]:
    """A question written in one box: its first line or sentence is the title, what is over is the body.

    A first sentence longer than a title is cut at a word, and the whole stays in the body.
    """
    text = text.strip()
    first, _, rest = text.partition("\n")
    line = " ".join(plain_text(first).split()) or " ".join(first.split())
    if len(line) <= TITLE_CHARS:
        return line, rest.strip("\n")
    sentence = _SENTENCE.split(line, maxsplit=1)[0]
    if len(sentence) <= TITLE_CHARS:
        return sentence, text
    return line[: TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…", text


def mentioned_ids(body: str) -> list[int]:
    """Members that a body names, each once, in order."""
    return list(dict.fromkeys(int(found) for found in MENTION.findall(body)))


def link_mentions(body: str, members: Mapping[str, int | None]) -> str:
    """`@Name` becomes a link to whom it names. `members`: casefolded names, None where a name is not one person's."""
    if "@" not in body:
        return body

    def link(found: re.Match[str]) -> str:
        words = found[1].split(" ")
        for count in range(len(words), 0, -1):
            name = " ".join(words[:count])
            member = members.get(name.casefold())
            if member is not None:
                rest = "".join(f" {word}" for word in words[count:])
                return f"[@{escape(name)}](/people/{member}/){rest}"
        return found[0]

    parts = _CODE.split(body)
    return "".join(part if place % 2 else _HANDLE.sub(link, part) for place, part in enumerate(parts))


def names_of(members: Iterable[tuple[int, str]]) -> dict[str, int | None]:
    """Whole names and first names, casefolded; None where two members share one."""
    whole: dict[str, int | None] = {}
    first: dict[str, int | None] = {}
    for member_id, name in members:
        folded = name.casefold()
        for known, key in ((whole, folded), (first, folded.partition(" ")[0])):
            known[key] = None if key in known else member_id
    return first | whole


def clean_emoji(emoji: str) -> str:
    """One picture sign, or a name such as `:parrot:`. Raises `Invalid`."""
    emoji = clean_line(emoji, most=EMOJI_CHARS, field="emoji")
    if not emoji or " " in emoji or re.search(r"[<>&\"']", emoji):
        raise Invalid("Choose one of the signs.", field="emoji")
    return emoji
