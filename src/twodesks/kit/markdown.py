"""Markdown as Twodesks stores it, and safe HTML made of it. docs/insights.md has the syntax for writers.

CommonMark with tables, ~~struck~~, ==marked==, bare links, and four things of our own, each of which another
renderer still shows as something readable:

- a clip: a paragraph `![clip: Title](recording:12#t=12.5,40)`;
- a source, at the end of a block: `[Amara, 0:27](recording:12#t=27,40 "source")`;
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
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.container import container_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from twodesks.kit.timecode import parse_media_fragment

MAX_CHARS = 100_000
"""What one body may hold, about thirty pages. Hostile text of this length takes some two seconds to render, once."""

CALLOUTS = {"careful": "Careful", "note": "Note", "question": "Question"}

_SHORT = 20_000
_HIGHLIGHTED_CHARS = 20_000
_WORDS_A_MINUTE = 220
_PICTURE = re.compile(r"^/insights/\d+/attachments/\d+/?$")
_RECORDING = re.compile(r"^recording:(\d{1,18})(?:#(t=[\d.,]{1,40}))?$")
_MESSAGE = re.compile(r"^message:(\d{1,18})$")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SCHEMES = ("http:", "https:", "mailto:", "recording:", "message:")
_CALLOUT = re.compile(r"^\[!(careful|note|question|said)\][ \t]*", re.IGNORECASE)
_PLACEHOLDER = re.compile(r'<figure data-clip="(\d+)"></figure>')
_CLASS_NAMES = re.compile(r"^[a-z][a-z0-9 -]{0,40}$")


@dataclass(frozen=True, slots=True)
class ClipEmbed:
    """A stretch of a recording, put into a body."""

    recording_id: int
    start_ms: int
    end_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the top-level block number `block` came from."""

    block: int
    recording_id: int
    start_ms: int
    end_ms: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """`parts` in order: safe HTML, and the clips between it, which the page draws for whoever looks at it."""

    parts: tuple[str | ClipEmbed, ...]
    headings: tuple[Heading, ...]
    sources: tuple[Source, ...]

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


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one."""
    return max(1, round(len(plain_text(text).split()) / _WORDS_A_MINUTE))


def clip_markdown(*, recording_id: int, fragment: str, title: str) -> str:
    """The stored form of a clip; `fragment` as of `kit.timecode.media_fragment`."""
    return f"![clip: {_escape_label(title)}](recording:{recording_id}#{fragment})"


def source_markdown(*, recording_id: int, fragment: str, label: str) -> str:
    """The stored form of a block's source."""
    return f'[{_escape_label(label)}](recording:{recording_id}#{fragment} "source")'


def escape(words: str) -> str:
    """Words that mean themselves in Markdown, on one line."""
    line = re.sub(r"([\\`*_\[\]<>~=|!{}])", r"\\\1", " ".join(words.split()))
    return re.sub(r"^(\d+)([.)])", r"\1\\\2", re.sub(r"^([#+:-])", r"\\\1", line))


def recording_address(recording_id: int, fragment: str = "") -> str:
    return f"/recordings/{recording_id}/" + (f"#{fragment}" if fragment else "")


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
    html = _sanitised(parser.renderer.render(tokens, parser.options, env))
    clips: list[ClipEmbed] = env["clips"]  # type: ignore[assignment]
    pieces = _PLACEHOLDER.split(html)
    parts = [clips[int(piece)] if place % 2 else piece for place, piece in enumerate(pieces)]
    return Rendered(
        parts=tuple(part for part in parts if part != ""),
        headings=tuple(env["headings"]),  # type: ignore[arg-type]
        sources=tuple(env["sources"]),  # type: ignore[arg-type]
    )


def _clip_link(clip: ClipEmbed) -> str:
    address = recording_address(clip.recording_id, f"t={clip.start_ms / 1000:g},{clip.end_ms / 1000:g}")
    return f'<p><a href="{address}">{nh3.clean_text(clip.title)}</a></p>'


# Parsing


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20}, renderer_cls=_Renderer)
    parser.enable(["table", "strikethrough", "linkify"])
    parser.disable(["html_block", "html_inline"])
    parser.validateLink = _link_is_allowed  # type: ignore[method-assign]
    parser.inline.ruler.after("emphasis", "mark", _mark)
    for kind in CALLOUTS:
        container_plugin(parser, kind, render=_container(kind))
    parser.core.ruler.push("twodesks", _recognise_ours)
    return parser


def _link_is_allowed(url: str) -> bool:
    url = url.strip().lower()
    return not _SCHEME.match(url) or url.startswith(_SCHEMES)


def _mark(state: StateInline, silent: bool) -> bool:
    """`==marked==`: no space inside either end."""
    start, end = state.pos, state.posMax
    if not state.src.startswith("==", start) or start + 4 >= end:
        return False
    close = state.src.find("==", start + 2, end)
    inside = state.src[start + 2 : close] if close > 0 else ""
    if not inside or inside != inside.strip() or "\n\n" in inside:
        return False
    if not silent:
        state.push("mark_open", "mark", 1).markup = "=="
        state.pos, state.posMax = start + 2, close
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1).markup = "=="
    state.pos, state.posMax = close + 2, end
    return True


def _recognise_ours(state: StateCore) -> None:
    """Name what is ours: clips, sources, callouts, headings in order, blocks numbered."""
    tokens = state.tokens
    _name_callouts(tokens)
    for place, token in enumerate(tokens):
        if token.type == "inline":
            _name_sources(token)
            if _is_clip(tokens, place):
                _make_clip(tokens, place)
    state.tokens = [token for token in tokens if token.type != "gone"]
    _order_headings(state)
    _number_blocks(state)


def _name_callouts(tokens: list[Token]) -> None:
    opened: list[Token] = []
    for place, token in enumerate(tokens):
        if token.type == "blockquote_open":
            opened.append(token)
            first = tokens[place + 2] if place + 2 < len(tokens) else None
            found = _CALLOUT.match(first.content) if first is not None and first.type == "inline" else None
            if found and first is not None:
                token.meta["callout"] = found[1].lower()
                _strip_marker(tokens, place + 1, first, found[0])
        elif token.type == "blockquote_close" and opened:
            token.meta.update(opened.pop().meta)


def _strip_marker(tokens: list[Token], place: int, inline: Token, marker: str) -> None:
    """Take `[!careful]` out of the first line; for `said`, take the line with the source out as well."""
    children = inline.children or []
    if children and children[0].type == "text":
        children[0].content = children[0].content[len(marker.rstrip()) :].lstrip()
    opening = tokens[place - 1]
    if opening.meta["callout"] == "said":
        line_end = next((n for n, child in enumerate(children) if child.type == "softbreak"), len(children))
        opening.meta["by"], children = children[:line_end], children[line_end + 1 :]
    else:
        while children and (children[0].type == "softbreak" or (children[0].type == "text" and not children[0].content)):
            children = children[1:]
    inline.children = children
    if not children:
        for token in tokens[place : place + 3]:
            token.type = "gone"


def _name_sources(inline: Token) -> None:
    children = inline.children or []
    for place, child in enumerate(children):
        if child.type != "link_open" or child.attrGet("title") != "source":
            continue
        stretch = _stretch(str(child.attrGet("href") or ""))
        if stretch is None:
            continue
        child.meta["source"] = stretch
        if place and children[place - 1].type == "text":
            children[place - 1].content = children[place - 1].content.rstrip()


def _stretch(address: str) -> tuple[int, int, int | None] | None:
    found = _RECORDING.match(address)
    if not found or not found[2]:
        return None
    try:
        start_ms, end_ms = parse_media_fragment(found[2])
    except ValueError:
        return None
    return int(found[1]), start_ms, end_ms


def _is_clip(tokens: list[Token], place: int) -> bool:
    children = tokens[place].children or []
    if len(children) != 1 or children[0].type != "image" or tokens[place - 1].type != "paragraph_open":
        return False
    stretch = _stretch(str(children[0].attrGet("src") or ""))
    return stretch is not None and stretch[2] is not None and stretch[2] > stretch[1]


def _make_clip(tokens: list[Token], place: int) -> None:
    image = (tokens[place].children or [])[0]
    stretch = _stretch(str(image.attrGet("src")))
    if stretch is None or stretch[2] is None:
        return
    title = re.sub(r"^clip:\s*", "", _words(image.children or []))
    clip = Token("clip", "figure", 0, block=True, level=tokens[place].level - 1)
    clip.meta["clip"] = ClipEmbed(stretch[0], stretch[1], stretch[2], title)
    tokens[place - 1].type = tokens[place + 1].type = "gone"
    tokens[place] = clip


def _order_headings(state: StateCore) -> None:
    """The page's title is the one h1; below it no level is left out. Anchors are unique."""
    above, taken = 1, set[str]()
    for place, token in enumerate(state.tokens):
        if token.type != "heading_open":
            continue
        level = min(max(2, int(token.tag[1])), above + 1)
        above = level
        words = _words(state.tokens[place + 1].children or [])
        anchor = _anchor(words, taken)
        token.tag = state.tokens[place + 2].tag = f"h{level}"
        token.attrSet("id", anchor)
        state.env.setdefault("headings", []).append(Heading(level, words, anchor))


def _anchor(words: str, taken: set[str]) -> str:
    stem = "s-" + ("-".join(re.findall(r"\w+", words.lower()))[:60] or "part")
    anchor, number = stem, 2
    while anchor in taken:
        anchor, number = f"{stem}-{number}", number + 1
    taken.add(anchor)
    return anchor


def _number_blocks(state: StateCore) -> None:
    number, depth = -1, 0
    sources = state.env.setdefault("sources", [])
    for token in state.tokens:
        if depth == 0 and token.nesting >= 0:
            number += 1
            token.attrSet("data-block", str(number))
        depth += token.nesting
        for child in token.children or ():
            if "source" in child.meta:
                sources.append(Source(number, *child.meta["source"], _words(token.children or [])))


# Plain words


def _words(children: Sequence[Token]) -> str:
    """The words of inline tokens; the label of a source and the place of a picture are not among them."""
    words: list[str] = []
    in_source = False
    for child in children:
        if child.type == "link_open" and "source" in child.meta:
            in_source = True
        elif child.type == "link_close":
            in_source = False
        elif in_source:
            continue
        elif child.type in ("text", "code_inline"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type == "image":
            words.append(_words(child.children or []))
    return "".join(words).strip()


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
            words = _words(token.children or [])
            stretch = next((child.meta["source"] for child in token.children or () if "source" in child.meta), None)
            if words:
                yield Block(kinds[-1] if kinds else "paragraph", words, *(stretch or (None, None, None)))


def _kind_of(token_type: str, kinds: Sequence[str]) -> str:
    around = kinds[-1] if kinds else ""
    if token_type == "paragraph_open":
        return around if around in ("item", "quote") else "paragraph"
    named = {"heading_open": "heading", "list_item_open": "item", "blockquote_open": "quote", "td_open": "cell"}
    return named.get(token_type, "cell" if token_type == "th_open" else around)


# HTML


class _Renderer(RendererHTML):
    """Our own blocks as HTML; the rest is markdown-it's."""

    def clip(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        clips = env.setdefault("clips", [])
        clips.append(tokens[idx].meta["clip"])
        return f'<figure data-clip="{len(clips) - 1}"></figure>\n'

    def blockquote_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        kind = token.meta.get("callout")
        if kind == "said":
            token.attrSet("class", "said")
        elif kind:
            return _callout_open(kind, str(token.attrGet("data-block") or ""))
        return self.renderToken(tokens, idx, options, env)

    def blockquote_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        meta = tokens[idx].meta
        if meta.get("callout") == "said":
            by = self.renderInline(meta["by"], options, env).strip()
            return f"<footer>{by}</footer></blockquote>\n" if by else "</blockquote>\n"
        return "</div>\n" if meta.get("callout") else "</blockquote>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        href = str(token.attrGet("href") or "")
        if found := _RECORDING.match(href):
            token.attrSet("href", recording_address(int(found[1]), found[2] or ""))
        elif _MESSAGE.match(href):
            token.attrs.pop("href", None)
        if "source" in token.meta:
            token.attrSet("class", "src")
            token.attrs.pop("title", None)
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Only pictures that were put in here are shown; any other stays as its words."""
        token = tokens[idx]
        words = _words(token.children or [])
        source = str(token.attrGet("src") or "")
        if not _PICTURE.match(source):
            return nh3.clean_text(words)
        return f'<img src="{source}" alt="{nh3.clean_text(words)}" loading="lazy">'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        block = str(tokens[idx].attrGet("data-block") or "")
        return f'<div class="wide" role="region" aria-label="Table" tabindex="0" data-block="{block}"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        side = str(token.attrs.pop("style", "")).removeprefix("text-align:")
        if side:
            token.attrSet("class", f"to-{side}")
        return self.renderToken(tokens, idx, options, env)

    th_open = td_open

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        words = token.info.split()
        return _code(token, words[0] if words else "", env)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _code(tokens[idx], "", env)


def _callout_open(kind: str, block: str) -> str:
    name = CALLOUTS[kind]
    return (
        f'<div class="callout callout-{kind}" role="note" aria-label="{name}" data-block="{block}">'
        f'<p class="callout-name">{name}</p>\n'
    )


def _container(kind: str) -> object:
    def draw(self: object, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        if tokens[idx].nesting == -1:
            return "</div>\n"
        return _callout_open(kind, str(tokens[idx].attrGet("data-block") or ""))

    return draw


def _code(token: Token, language: str, env: EnvType) -> str:
    """Coloured by pygments classes, up to so many characters a body: some lexers are slow on some texts."""
    block = str(token.attrGet("data-block") or "")
    spent = int(env.get("highlighted", 0)) + len(token.content)
    inner = nh3.clean_text(token.content) if not language or spent > _HIGHLIGHTED_CHARS else ""
    if not inner:
        env["highlighted"] = spent
        inner = _highlighted(token.content, language)
    name = re.sub(r"[^\w+#.-]", "", language)[:40]
    return f'<pre class="code" tabindex="0" data-block="{block}" data-language="{name}"><code>{inner}</code></pre>\n'


def _highlighted(code: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return nh3.clean_text(code)
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


_BLOCK = {"data-block"}
_ATTRIBUTES = {
    "a": {"href", "class", "title"},
    "img": {"src", "alt", "loading"},
    "figure": {"data-clip"},
    "div": _BLOCK | {"class", "role", "aria-label", "tabindex"},
    "pre": _BLOCK | {"class", "tabindex", "data-language"},
    "p": _BLOCK | {"class"},
    "span": {"class"},
    "blockquote": _BLOCK | {"class"},
    "ol": _BLOCK | {"start"},
    "td": {"class"},
    "th": {"class"},
    **{tag: _BLOCK for tag in ("ul", "hr")},
    **{f"h{level}": _BLOCK | {"id"} for level in range(2, 7)},
}
_TAGS = set(_ATTRIBUTES) | set("br code del em footer li mark s strong table tbody thead tr".split())


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _CLASS_NAMES.match(value) else None
    if tag == "img" and name == "src":
        return value if _PICTURE.match(value) else None
    return value


def _sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
        strip_comments=True,
    )
