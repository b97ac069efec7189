"""Chats whose messages are nearly Markdown: Zulip, Discord, Mattermost. Code stays untouched, lines stay lines."""

import re
from collections.abc import Callable, Iterator

from twodesks.imports.engine.plain import put_emoji

_CODE = re.compile(
    r"(^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[`~]*\s*?$|\Z)|`{3}.+?`{3}|(?P<ticks>`{1,2})[^`\n]+(?P=ticks))",
    re.DOTALL | re.MULTILINE,
)
_OWN_LINE = re.compile(r"^\s*(?:[-*+•]\s|\d{1,9}[.)]\s|>|#{1,6}\s|\||```|~~~|$)")
_MARK = re.compile(r"=(?==)")

Rewriting = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def chat_markdown(text: str, rewritings: list[Rewriting]) -> str:
    """Mentions and links rewritten, emoji as characters, and a new line wherever there was one."""
    parts: list[str] = []
    at = 0
    for found in _CODE.finditer(text):
        parts.append(_prose(text[at : found.start()], rewritings))
        parts.append(_code(found[0]))
        at = found.end()
    parts.append(_prose(text[at:], rewritings))
    return "".join(parts).strip("\n ")


def _prose(text: str, rewritings: list[Rewriting]) -> str:
    if not text:
        return ""
    for pattern, make in rewritings:
        text = pattern.sub(make, text)
    return _hard_breaks(_MARK.sub(r"\\=", put_emoji(text)))


def _code(code: str) -> str:
    """Discord writes fences in the middle of a line; Markdown wants them on lines of their own."""
    if code.startswith("```") and "\n" not in code.strip("`"):
        return f"\n\n```\n{code.strip('`')}\n```\n\n"
    return code


def _hard_breaks(text: str) -> str:
    if "\n" not in text:
        return text
    return "\n".join(_lines(text.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        words = line.rstrip()
        if not words or _OWN_LINE.match(after) or _OWN_LINE.match(line):
            yield words if after or not line.endswith(" ") else line
        else:
            yield f"{words}  "
