"""Slack's blocks as Markdown: what people write comes as `rich_text`, what apps write as sections, headers and fields.

After Slack's reference of blocks (api.slack.com/reference/block-kit/blocks). What has no words (buttons, inputs) is
passed over. Nothing in here fails on a shape that it does not know; it gives what words there are.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC
from typing import Any

from twodesks.imports.engine.mrkdwn import (
    Converted,
    code_span,
    escape_words,
    fenced,
    plain_words,
    to_markdown,
)
from twodesks.imports.engine.plain import clean, dicts_in, emoji_of, link, moment, one_line
from twodesks.imports.engine.records import Naming
from twodesks.kit.markdown import escape

DEPTH = 8
_QUOTE_START = re.compile(r"^>", re.MULTILINE)
_STYLES = (("strike", "~~"), ("italic", "_"), ("bold", "**"))


def blocks_to_markdown(blocks: object, naming: Naming) -> Converted | None:
    """None when there are no words in them, so that the message's own text is to be used."""
    if not isinstance(blocks, list):
        return None
    reader = _Reader(naming)
    parts = [part for block in blocks if isinstance(block, dict) for part in reader.block(block) if part.strip()]
    return Converted("\n\n".join(parts), reader.mentions) if parts else None


def attachment_to_markdown(attachment: dict[str, Any], naming: Naming) -> Converted:
    """What an app attached, or a message that somebody shared: as a quote under its author or title."""
    mentions: list[str] = []
    lines: list[str] = []
    head = one_line(plain_words(attachment.get("author_name") or attachment.get("author_subname")), 200)
    title = one_line(plain_words(attachment.get("title")), 300)
    if title:
        title = link(clean(attachment.get("title_link")), title) if attachment.get("title_link") else escape(title)
    for part in (attachment.get("pretext"), attachment.get("text")):
        converted = to_markdown(part, naming)
        mentions.extend(converted.mentions)
        lines.append(converted.markdown)
    inner = blocks_to_markdown(attachment.get("blocks") or _message_blocks(attachment), naming)
    if inner is not None and not any(lines):
        lines.append(inner.markdown)
        mentions.extend(inner.mentions)
    lines.extend(_fields(attachment.get("fields"), naming))
    if not any(lines) and not title:
        lines.append(to_markdown(attachment.get("fallback"), naming).markdown)
    told = [f"**{escape(head)}**" if head else "", title, *lines]
    body = "\n\n".join(part for part in told if part)
    return Converted("\n".join(f"> {line}".rstrip() for line in body.split("\n")) if body else "", mentions)


def _message_blocks(attachment: dict[str, Any]) -> object:
    shared = attachment.get("message_blocks")
    if not isinstance(shared, list) or not shared or not isinstance(shared[0], dict):
        return None
    message = shared[0].get("message")
    return message.get("blocks") if isinstance(message, dict) else None


def _fields(fields: object, naming: Naming) -> Iterator[str]:
    for entry in fields if isinstance(fields, list) else ():
        if isinstance(entry, dict):
            name = one_line(plain_words(entry.get("title")), 200)
            value = to_markdown(entry.get("value"), naming).markdown
            yield f"**{escape(name)}:** {value}" if name else value


class _Reader:
    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self.mentions: list[str] = []
        self._inline: dict[str, Callable[[dict[str, Any]], str]] = {
            "text": lambda element: _lines(words_as_they_are(element.get("text"))),
            "link": lambda element: link(clean(element.get("url")), clean(element.get("text"))),
            "emoji": _emoji,
            "user": self._user,
            "usergroup": lambda element: "@group",
            "channel": lambda element: naming.channel(clean(element.get("channel_id")), ""),
            "broadcast": lambda element: f"@{escape(clean(element.get('range')) or 'channel')}",
            "date": _date,
            "color": lambda element: code_span(clean(element.get("value"))),
            "team": lambda element: "@team",
        }

    def block(self, block: dict[str, Any]) -> Iterator[str]:
        kind = block.get("type")
        if kind == "rich_text":
            yield from self._rich_text(block.get("elements"))
        elif kind == "section":
            yield self._text(block.get("text"))
            for entry in dicts_in(block.get("fields")):
                yield self._text(entry)
        elif kind == "header":
            yield f"**{self._text(block.get('text'))}**"
        elif kind == "context":
            yield " ".join(filter(None, (self._text(element) for element in dicts_in(block.get("elements")))))
        elif kind in ("image", "video", "file"):
            yield self._picture(block)
        elif kind in ("markdown", "table"):
            yield clean(block.get("text")) if kind == "markdown" else self._table(block)

    def _text(self, told: object) -> str:
        """A text object: `mrkdwn` or `plain_text`."""
        if not isinstance(told, dict):
            return ""
        if told.get("type") == "mrkdwn":
            converted = to_markdown(told.get("text"), self._naming)
            self.mentions.extend(converted.mentions)
            return converted.markdown
        if told.get("type") == "image":
            return escape(clean(told.get("alt_text")))
        return _lines(words_as_they_are(told.get("text")))

    def _picture(self, block: dict[str, Any]) -> str:
        title = block.get("title")
        words = clean(title.get("text") if isinstance(title, dict) else title) or clean(block.get("alt_text"))
        return link(clean(block.get("title_url") or block.get("image_url")), words or "Picture")

    def _table(self, block: dict[str, Any]) -> str:
        rows_told = block.get("rows")
        rows = [
            [_cell(self._cell(cell)) for cell in row if isinstance(cell, dict)]
            for row in (rows_told if isinstance(rows_told, list) else ())
            if isinstance(row, list)
        ]
        if not rows or not rows[0]:
            return ""
        width = len(rows[0])
        lines = ["| " + " | ".join((row + [""] * width)[:width]) + " |" for row in rows]
        return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])

    def _cell(self, cell: dict[str, Any]) -> str:
        if cell.get("type") == "rich_text":
            return " ".join(self._rich_text(cell.get("elements")))
        return escape(clean(cell.get("text")))

    def _rich_text(self, elements: object) -> Iterator[str]:
        """Lists that follow each other are one, indented by their own depth."""
        items: list[str] = []
        for element in dicts_in(elements):
            if element.get("type") == "rich_text_list":
                items.extend(self._items(element))
                continue
            if items:
                yield "\n".join(items)
                items = []
            yield self._section(element)
        if items:
            yield "\n".join(items)

    def _section(self, element: dict[str, Any]) -> str:
        kind = element.get("type")
        if kind == "rich_text_preformatted":
            return fenced("".join(_bare(child) for child in dicts_in(element.get("elements"))))
        words = self._sentence(element.get("elements"))
        if kind == "rich_text_quote":
            return "\n".join(f"> {line}" if line.strip() else ">" for line in words.strip().split("\n"))
        return words.strip("\n ")

    def _items(self, element: dict[str, Any]) -> Iterator[str]:
        ordered = element.get("style") == "ordered"
        depth = min(_number(element.get("indent")), DEPTH)
        number = _number(element.get("offset")) + 1
        for child in dicts_in(element.get("elements")):
            mark = f"{number}." if ordered else "-"
            words = self._sentence(child.get("elements")).strip().replace("\n", " ")
            yield f"{'   ' * depth}{mark} {words}"
            number += 1

    def _sentence(self, elements: object) -> str:
        return "".join(self._piece(element) for element in dicts_in(elements))

    def _piece(self, element: dict[str, Any]) -> str:
        style = element.get("style")
        style = style if isinstance(style, dict) else {}
        if style.get("code"):
            return code_span(_bare(element).replace("\n", " "))
        make = self._inline.get(str(element.get("type")))
        words = make(element) if make is not None else escape(clean(element.get("text")))
        return _styled(words, style)

    def _user(self, element: dict[str, Any]) -> str:
        key = clean(element.get("user_id"))
        self.mentions.append(key)
        return self._naming.person(key, "")


def words_as_they_are(text: object) -> str:
    """Words that mean nothing but themselves, with the escapes that Markdown needs; `:wave:` is a character."""
    return _QUOTE_START.sub(r"\\>", escape_words(clean(text)))


def _lines(words: str) -> str:
    """Enter within a paragraph is a new line; an empty line parts paragraphs."""
    return words.replace("\n", "  \n").replace("  \n  \n", "\n\n") if "\n" in words else words


def _styled(words: str, style: dict[str, Any]) -> str:
    """Marks stand close around the words, whatever spaces there are; they cannot cross lines."""
    if not style or not words.strip():
        return words
    lead, trail = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
    core = words.strip()
    for name, mark in _STYLES:
        if style.get(name):
            core = "\n".join(_marked(line, mark) for line in core.split("\n"))
    return f"{lead}{core}{trail}"


def _marked(line: str, mark: str) -> str:
    words = line.rstrip()
    return f"{mark}{words}{mark}{line[len(words) :]}" if words else line


def _emoji(element: dict[str, Any]) -> str:
    tone = element.get("skin_tone")
    name = clean(element.get("name"))
    return emoji_of(f"{name}::skin-tone-{tone}" if isinstance(tone, int) else name)


def _date(element: dict[str, Any]) -> str:
    told = clean(element.get("fallback"))
    at = moment(element.get("timestamp"))
    return escape(told or (f"{at.astimezone(UTC):%-d %B %Y, %H:%M} UTC" if at else ""))


def _bare(element: dict[str, Any]) -> str:
    """Code as it was typed."""
    if element.get("type") == "link":
        return clean(element.get("text")) or clean(element.get("url"))
    if element.get("type") == "user":
        return f"@{clean(element.get('user_id'))}"
    return clean(element.get("text"))


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")


def _number(told: object) -> int:
    return told if isinstance(told, int) and 0 <= told < 10_000 else 0
