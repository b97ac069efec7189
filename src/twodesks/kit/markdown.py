"""Markdown as Twodesks stores it, and safe HTML made of it. docs/insights.md has the syntax for writers.

CommonMark with tables, ~~struck~~, ==marked==, bare links, and four things of our own, each of which another
renderer still shows as something readable:

- a clip: a paragraph `![clip: Title](recording:12#t=12.5,40)`;
- a source, at the end of a block: `[Amara, 0:27](recording:12#t=27,40 "source")`, or `(message:7 "source")`;
- a callout: `> [!careful]` with the words below it, or `::: careful` … `:::` (also `note` and `question`);
- what somebody said: `> [!said] [Amara, 0:27](recording:12#t=27,40)`, or `(message:7)`, with the words below it.

No HTML passes through, whatever goes in; what comes out went through an allow-list (nh3) as well.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import EnvType

from twodesks.kit.markdown_html import (
    Renderer,
    TalkRenderer,
    container,
    message_address,
    recording_address,
    sanitised,
)
from twodesks.kit.markdown_syntax import CALLOUTS, ClipEmbed, Heading, Source, make_parser, words_of

__all__ = [
    "CALLOUTS",
    "MAX_CHARS",
    "Block",
    "ClipEmbed",
    "Heading",
    "Rendered",
    "Source",
    "blocks",
    "clip_markdown",
    "escape",
    "message_address",
    "message_source_markdown",
    "paragraphs",
    "plain_text",
    "recording_address",
    "render",
    "render_html",
    "render_talk",
    "source_markdown",
    "summary",
]

MAX_CHARS = 100_000
"""What one body may hold, about thirty pages. Hostile text of this length takes some two seconds to render, once."""

_SHORT = 20_000
_WORDS_A_MINUTE = 220
_PLACEHOLDER = re.compile(r'<figure data-clip="(\d+)"></figure>')


@dataclass(frozen=True, slots=True)
class Rendered:
    """`parts` in order: safe HTML, and the clips between it, which the page draws for whoever looks at it.

    `minutes`: whole minutes to read it, at least one.
    """

    parts: tuple[str | ClipEmbed, ...]
    headings: tuple[Heading, ...]
    sources: tuple[Source, ...]
    minutes: int

    @property
    def clips(self) -> tuple[ClipEmbed, ...]:
        return tuple(part for part in self.parts if isinstance(part, ClipEmbed))


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item, table row or code block as plain words."""

    kind: str
    text: str
    recording_id: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None


def render(text: str) -> Rendered:
    """Safe HTML of a body. Text above `MAX_CHARS` is cut there, so that nothing can keep a page waiting."""
    text = text[:MAX_CHARS]
    return _render_short(text) if len(text) <= _SHORT else _render_long(text)


def render_html(text: str) -> str:
    """Safe HTML where clips have no player to go to: each becomes a link to its second."""
    return "".join(part if isinstance(part, str) else _clip_link(part) for part in render(text).parts)


def render_talk(text: str) -> str:
    """Safe HTML of something said in a conversation: every new line shows, and headings are only strong words."""
    text = text[:MAX_CHARS]
    return _talk_short(text) if len(text) <= _SHORT else _talk(text)


def blocks(text: str) -> list[Block]:
    """The body as plain words, block by block, for search and summaries. Sources and clips are not words."""
    return list(_plain_blocks(_parser().parse(text[:MAX_CHARS])))


def paragraphs(text: str) -> list[str]:
    return [block.text for block in blocks(text)]


def plain_text(text: str) -> str:
    return "\n\n".join(paragraphs(text))


def summary(text: str, limit: int = 200) -> str:
    """The first words of the first paragraph, ended at a word."""
    for block in blocks(text[:20_000]):
        if block.kind in ("paragraph", "item", "quote"):
            words = " ".join(block.text.split())
            return words if len(words) <= limit else words[:limit].rsplit(" ", 1)[0] + "…"
    return ""


def clip_markdown(*, recording_id: int, fragment: str, title: str) -> str:
    """The stored form of a clip; `fragment` as of `kit.timecode.media_fragment`."""
    return f"![clip: {_escape_label(title)}](recording:{recording_id}#{fragment})"


def source_markdown(*, recording_id: int, fragment: str, label: str) -> str:
    """The stored form of a block's source."""
    return f'[{_escape_label(label)}](recording:{recording_id}#{fragment} "source")'


def message_source_markdown(*, message_id: int, label: str) -> str:
    """The stored form of a block's source where it is a message."""
    return f'[{_escape_label(label)}](message:{message_id} "source")'


def escape(words: str) -> str:
    """Words that mean themselves in Markdown, on one line."""
    line = re.sub(r"([\\`*_\[\]<>~=|!{}])", r"\\\1", " ".join(words.split()))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([#+:-])", r"\\\1", line))


def _escape_label(label: str) -> str:
    return re.sub(r"([\\\[\]`*_<>!])", r"\\\1", " ".join(label.split()))


@lru_cache(maxsize=512)
def _render_short(text: str) -> Rendered:
    return _render(text)


@lru_cache(maxsize=16)
def _render_long(text: str) -> Rendered:
    return _render(text)


def _render(text: str) -> Rendered:
    parser = _parser()
    env: EnvType = {"clips": [], "headings": [], "sources": [], "highlighted": 0}
    tokens = parser.parse(text, env)
    html = sanitised(parser.renderer.render(tokens, parser.options, env))
    clips: list[ClipEmbed] = env["clips"]
    pieces = _PLACEHOLDER.split(html)
    parts = [clips[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)]
    return Rendered(
        parts=tuple(part for part in parts if part != ""),
        headings=tuple(env["headings"]),
        sources=tuple(env["sources"]),
        minutes=max(1, round(sum(len(block.text.split()) for block in _plain_blocks(tokens)) / _WORDS_A_MINUTE)),
    )


@lru_cache(maxsize=4096)
def _talk_short(text: str) -> str:
    return _talk(text)


def _talk(text: str) -> str:
    parser = _talk_parser()
    env: EnvType = {"clips": [], "headings": [], "sources": [], "highlighted": 0}
    html = sanitised(parser.renderer.render(parser.parse(text, env), parser.options, env))
    clips: list[ClipEmbed] = env["clips"]
    return _PLACEHOLDER.sub(lambda found: _clip_link(clips[int(found[1])]), html)


def _clip_link(clip: ClipEmbed) -> str:
    address = recording_address(clip.recording_id, f"t={clip.start_ms / 1000:g},{clip.end_ms / 1000:g}")
    return f'<p><a href="{address}">{nh3.clean_text(clip.title)}</a></p>'


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return make_parser(Renderer, container)


@lru_cache(maxsize=1)
def _talk_parser() -> MarkdownIt:
    parser = make_parser(TalkRenderer, container)
    parser.options["breaks"] = True
    return parser


def _plain_blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    kinds: list[str] = []
    for token in tokens:
        if token.nesting == 1:
            kinds.append(_kind_of(token.type, kinds))
        elif token.nesting == -1 and kinds:
            kinds.pop()
        elif token.type in ("fence", "code_block") and token.content.strip():
            yield Block("code", token.content.strip())
        elif token.type == "inline":
            words = words_of(token.children or [])
            stretch = next((found for child in token.children or () if (found := child.meta.get("source"))), None)
            if words:
                yield Block(kinds[-1] if kinds else "paragraph", words, *(stretch or (None, None, None)))


def _kind_of(opening: str, kinds: Sequence[str]) -> str:
    around = kinds[-1] if kinds else ""
    if opening == "paragraph_open":
        return around if around in ("item", "quote") else "paragraph"
    named = {"heading_open": "heading", "list_item_open": "item", "blockquote_open": "quote", "td_open": "cell"}
    return named.get(opening, "cell" if opening == "th_open" else around)
