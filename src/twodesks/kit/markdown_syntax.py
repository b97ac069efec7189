"""How our Markdown is read: markdown-it's tokens, with clips, sources, callouts and headings recognised in them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from twodesks.kit.timecode import parse_media_fragment

CALLOUTS = {"careful": "Careful", "note": "Note", "question": "Question"}

RECORDING = re.compile(r"^recording:(\d{1,18})(?:#(t=[\d.,]{1,40}))?$")
MESSAGE = re.compile(r"^message:(\d{1,18})$")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SCHEMES = ("http:", "https:", "mailto:", "recording:", "message:")
_MARK_STEPS = re.compile(r"\\.|(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|==", re.DOTALL)
_CALLOUT = re.compile(r"^\[!(careful|note|question|said)\][ \t]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClipEmbed:
    """A stretch of a recording, put into a body."""

    recording_id: int
    start_ms: int
    end_ms: int
    title: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the top-level block number `block` came from: a second of a recording, or a message."""

    block: int
    recording_id: int | None
    start_ms: int | None
    end_ms: int | None
    text: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    anchor: str


def make_parser(renderer: type[RendererHTML], container: Callable[[str], Callable[..., str]]) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "maxNesting": 20}, renderer_cls=renderer)
    parser.enable(["table", "strikethrough", "linkify"])
    parser.disable(["html_block", "html_inline"])
    parser.validateLink = _link_is_allowed  # type: ignore[method-assign]
    parser.inline.ruler.after("emphasis", "mark", _mark)
    for kind in CALLOUTS:
        container_plugin(parser, kind, render=container(kind))
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
    close = _closing_mark(state.src, start + 2, end)
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


def _closing_mark(src: str, at: int, end: int) -> int:
    """Where `==` closes: not one that is escaped, nor one inside code. -1 when it does not."""
    for found in _MARK_STEPS.finditer(src, at, end):
        if found[0] == "==":
            return found.start()
    return -1


def _recognise_ours(state: StateCore) -> None:
    """Name what is ours: clips, sources, callouts, headings in order, blocks numbered."""
    tokens = state.tokens
    _name_callouts(tokens)
    for place, token in enumerate(tokens):
        if token.type == "inline":
            _name_sources(token)
            if any("source" in child.meta for child in token.children or ()) and not words_of(token.children or []):
                tokens[place - 1].attrSet("class", "src-line")
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
        while children and (
            children[0].type == "softbreak" or (children[0].type == "text" and not children[0].content)
        ):
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
        address = str(child.attrGet("href") or "")
        stretch, message = stretch_of(address), MESSAGE.match(address)
        if stretch is None and message is None:
            continue
        child.meta["source"] = stretch
        if message is not None:
            child.meta["message"] = int(message[1])
        if place and children[place - 1].type == "text":
            children[place - 1].content = children[place - 1].content.rstrip()


def stretch_of(address: str) -> tuple[int, int, int | None] | None:
    found = RECORDING.match(address)
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
    stretch = stretch_of(str(children[0].attrGet("src") or ""))
    return stretch is not None and stretch[2] is not None and stretch[2] > stretch[1]


def _make_clip(tokens: list[Token], place: int) -> None:
    image = (tokens[place].children or [])[0]
    stretch = stretch_of(str(image.attrGet("src")))
    if stretch is None or stretch[2] is None:
        return
    title = re.sub(r"^clip:\s*", "", words_of(image.children or []))
    clip = Token("clip", "figure", 0, block=True, level=tokens[place].level - 1)
    clip.meta["clip"] = ClipEmbed(stretch[0], stretch[1], stretch[2], title)
    tokens[place - 1].type = tokens[place + 1].type = "gone"
    tokens[place] = clip


def _order_headings(state: StateCore) -> None:
    """The page's title is the one h1; below it no level is left out. Anchors are unique."""
    above, taken, times = 1, set[str](), dict[str, int]()
    for place, token in enumerate(state.tokens):
        if token.type != "heading_open":
            continue
        level = min(max(2, int(token.tag[1])), above + 1)
        above = level
        words = words_of(state.tokens[place + 1].children or [])
        anchor = _anchor(words, taken, times)
        token.tag = state.tokens[place + 2].tag = f"h{level}"
        token.attrSet("id", anchor)
        state.env.setdefault("headings", []).append(Heading(level, words, anchor))


def _anchor(words: str, taken: set[str], times: dict[str, int]) -> str:
    """`times` counts on for each stem: thousands of equal headings are each looked at once."""
    stem = "s-" + ("-".join(re.findall(r"\w+", words.lower()))[:60] or "part")
    anchor, number = stem, times.get(stem, 2)
    while anchor in taken:
        anchor, number = f"{stem}-{number}", number + 1
    times[stem] = number
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
                recording_id, start_ms, end_ms = child.meta["source"] or (None, None, None)
                words = words_of(token.children or [])
                sources.append(Source(number, recording_id, start_ms, end_ms, words, child.meta.get("message")))


def words_of(children: Sequence[Token]) -> str:
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
            words.append(words_of(child.children or []))
    return "".join(words).strip()
