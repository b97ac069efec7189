"""Slack's markup for messages, mrkdwn, as Markdown.

After Slack's documentation of text formatting (api.slack.com/reference/surfaces/formatting): `*bold*`, `_italic_`,
`~struck~`, `` `code` ``, fences, `> quotes`; links, mentions and dates in `<…>`; only `&`, `<` and `>` are escaped.
What means itself in Slack means itself in Markdown afterwards. It never fails, whatever it is given.
"""

import re
from dataclasses import dataclass, field
from html import unescape

from twodesks.imports.engine.plain import clean, link, put_emoji
from twodesks.imports.engine.records import Naming
from twodesks.kit.markdown import escape

# Text without any of these means the same in both.
_PLAIN = re.compile(r"[^*_~`<>&\\\[\]=|!:#\n\x00-\x1f\ud800-\udfff+-]*")
_PIECES = re.compile(r"```(.*?)```|`([^`\n]+)`|<([^<>\n]{1,4000})>", re.DOTALL)
_KEPT = "\x01"
_OPEN = {"*": "\x02", "_": "\x03", "~": "\x04"}
_CLOSE = {"*": "\x05", "_": "\x06", "~": "\x07"}
_MARKS = str.maketrans({"\x02": "**", "\x05": "**", "\x03": "_", "\x06": "_", "\x04": "~~", "\x07": "~~"})
_SPAN = {
    mark: re.compile(
        rf"(?<![^\W_])(?<![{re.escape(mark)}\\]){re.escape(mark)}(?=\S)([^\n{re.escape(mark)}]*?\S)"
        rf"{re.escape(mark)}(?![^\W_])(?!{re.escape(mark)})"
    )
    for mark in "*_~"
}
_SPECIAL = re.compile(r"([\\`\[\]*<~])|(?<![^\W_])(_)|(_)(?![^\W_])|(&(?=#?\w+;))|(=(?==))")
_LINE_START = re.compile(r"^( *)(?:(#{1,6}(?= |$)|:::|[-=]{2,}\s*$|\+(?= ))|(\d{1,9})([.)])(?=\s*$))", re.MULTILINE)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_LONG_QUOTE = re.compile(r"^(?:&gt;|>){3} ?")
_RESTORE = re.compile(rf"{_KEPT}(\d+){_KEPT}")
_BULLET = re.compile(r"^\s*(?:[•◦▪‣]\s*|[-*]\s|\d{1,3}[.)]\s)")
_DOT = re.compile(r"^(\s*)[•◦▪‣]\s*", re.MULTILINE)
_DEEP = re.compile(r"^(?: {4,}| *\t[ \t]*)(?=\S)", re.MULTILINE)
_SPECIAL_MENTIONS = {"here": "@here", "channel": "@channel", "everyone": "@everyone", "group": "@group"}


@dataclass(slots=True)
class Converted:
    markdown: str
    mentions: list[str] = field(default_factory=list)


def to_markdown(text: object, naming: Naming) -> Converted:
    """The message as Markdown, and the keys of those whom it mentions."""
    told = clean(text)
    if _PLAIN.fullmatch(told) and not _LINE_START.match(told):
        return Converted(told.strip())
    conversion = _Conversion(naming)
    return Converted(conversion.convert(told), conversion.mentions)


def plain_words(text: object) -> str:
    """mrkdwn as bare words, for purposes and titles."""
    told = clean(text)
    told = re.sub(r"<[@#!]?[^<>|\n]*\|([^<>\n]*)>", r"\1", told)
    return unescape(re.sub(r"<([^<>\n]*)>", r"\1", told)).strip()


class _Conversion:
    """One message. What is done (code, links, mentions) is put aside under numbers while the rest is escaped."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._kept: list[str] = []
        self.mentions: list[str] = []

    def convert(self, text: str) -> str:
        text = _PIECES.sub(self._piece, text)
        lines: list[str] = []
        quoted: list[str] = []
        to_the_end = False
        for line in text.split("\n"):
            mark = _LONG_QUOTE.match(line) or _QUOTE.match(line)
            to_the_end = to_the_end or (mark is not None and mark.re is _LONG_QUOTE)
            if mark or to_the_end:
                quoted.append(line[mark.end() :] if mark else line)
                continue
            self._quote(quoted, lines)
            lines.append(line)
        self._quote(quoted, lines)
        body = words_to_markdown("\n".join(lines))
        # Once: what is put back is not looked at again. Quotes hold pieces of their own, so they come back first.
        while _KEPT in body:
            body = _RESTORE.sub(lambda found: self._kept[int(found[1])], body)
        return _tidy(body)

    def _keep(self, markdown: str) -> str:
        self._kept.append(markdown)
        return f"{_KEPT}{len(self._kept) - 1}{_KEPT}"

    def _quote(self, quoted: list[str], lines: list[str]) -> None:
        if not quoted:
            return
        words = words_to_markdown("\n".join(quoted))
        quote = "\n".join(f"> {line}" if line.strip() else ">" for line in words.split("\n"))
        lines.extend(["", self._keep(quote), ""])
        quoted.clear()

    def _piece(self, found: re.Match[str]) -> str:
        fence, code, angle = found[1], found[2], found[3]
        if fence is not None:
            return f"\n\n{self._keep(fenced(self._bare(fence)))}\n\n" if fence.strip() else found[0].replace("`", "'")
        if code is not None:
            return self._keep(code_span(self._bare(code)))
        return self._angle(angle)

    def _bare(self, code: str) -> str:
        """Code as it was typed: Slack puts links and entities even there."""
        return unescape(re.sub(r"<([^<>\n|]+)(?:\|([^<>\n]*))?>", _typed, code))

    def _angle(self, inside: str) -> str:
        target, _, label = inside.partition("|")
        label = unescape(label)
        kind = target[:1]
        if kind == "@":
            key = target[1:]
            self.mentions.append(key)
            return self._keep(self._naming.person(key, label.lstrip("@")))
        if kind == "#":
            return self._keep(self._naming.channel(target[1:], label.lstrip("#")))
        if kind == "!":
            return self._keep(_command(target[1:], label))
        if ":" in target:
            return self._keep(link(unescape(target), label))
        return f"&lt;{inside}&gt;"


def _typed(found: re.Match[str]) -> str:
    label = found[2]
    return label if label else found[1]


def _command(name: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@group>`, `<!date^…|words>`."""
    if name in _SPECIAL_MENTIONS:
        return _SPECIAL_MENTIONS[name]
    if label:
        return escape(label)
    word = name.split("^", 1)[0]
    return _SPECIAL_MENTIONS.get(word, escape(f"@{word}" if word == "subteam" else word))


def words_to_markdown(text: str) -> str:
    """Words with mrkdwn's bold, italic and struck, entities and emoji; no code and no `<…>` in them any more."""
    text = unescape(text) if "&" in text else text
    for mark in "*_~":
        if mark in text:
            opened, closed = _OPEN[mark], _CLOSE[mark]
            text = _SPAN[mark].sub(lambda found, o=opened, c=closed: f"{o}{found[1]}{c}", text)  # type: ignore[misc]
    text = _bullets(text)
    text = escape_words(text)
    text = put_emoji(text)
    return _hard_breaks(text).translate(_MARKS)


def escape_words(text: str) -> str:
    """Whatever Markdown would take for its own, kept as words; lines stay lines."""
    text = _SPECIAL.sub(lambda found: f"\\{found[0]}", text)
    text = _DEEP.sub(_steady_indent, text)
    return _LINE_START.sub(_steady_start, text)


def _steady_indent(found: re.Match[str]) -> str:
    """Deep indents would turn into code; they stay visible as spaces that hold."""
    return "\N{NO-BREAK SPACE}" * len(found[0].expandtabs(4))


def _steady_start(found: re.Match[str]) -> str:
    if found[2] is not None:
        return f"{found[1]}\\{found[2]}"
    return f"{found[1]}{found[3]}\\{found[4]}"


def _bullets(text: str) -> str:
    """Slack's own lists come as dots; `* ` at the start of a line stays a list, as it was meant."""
    if "•" in text or "◦" in text or "▪" in text or "‣" in text:
        text = _DOT.sub(lambda found: f"{' ' * (len(found[1]) // 4 * 2)}- ", text)
    return re.sub(r"^( *)\* (?=\S)", r"\1- ", text, flags=re.MULTILINE)


def _hard_breaks(text: str) -> str:
    """Enter in Slack is a new line, not a new paragraph. Lists and pieces on lines of their own need no mark."""
    if "\n" not in text:
        return text
    lines = text.split("\n")
    out: list[str] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        line = line.rstrip()
        is_last = not after.strip() or not line or _BULLET.match(after) is not None
        out.append(line if is_last else f"{line}  ")
        if _BULLET.match(after) and line and not _BULLET.match(line):
            out.append("")
        elif _BULLET.match(line) and after.strip() and not _BULLET.match(after) and not after.startswith(" "):
            out[-1] = line
            out.append("")
    return "\n".join(out)


def fenced(code: str) -> str:
    """A code block; the fence is longer than any in the code."""
    code = code.strip("\n")
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{code}\n{fence}"


def code_span(code: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    if not code.strip():
        return escape(code) or " "
    ticks = "`" * (longest + 1)
    pad = " " if code.startswith(("`", " ")) or code.endswith(("`", " ")) else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def _tidy(body: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", body).strip("\n ") if "```" not in body else _tidy_around_code(body)


def _tidy_around_code(body: str) -> str:
    """Blank lines inside code are code."""
    parts = re.split(r"((?:^|\n)(`{3,})\n.*?\n\2(?=\n|$))", body, flags=re.DOTALL)
    kept: list[str] = []
    for place, part in enumerate(parts):
        if place % 3 == 0:
            kept.append(re.sub(r"\n{3,}", "\n\n", part))
        elif place % 3 == 1:
            kept.append(part)
    return "".join(kept).strip("\n ")
