"""Tokens of our Markdown as HTML, and the allow-list that everything goes through in the end."""

import re
from collections.abc import Callable, Sequence

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from twodesks.kit.markdown_syntax import CALLOUTS, MESSAGE, RECORDING, words_of

_HIGHLIGHTED_CHARS = 20_000
_PICTURE = re.compile(r"^/insights/\d+/attachments/\d+/?$")
_CLASS_NAMES = re.compile(r"^[a-z][a-z0-9 -]{0,40}$")


def recording_address(recording_id: int, fragment: str = "") -> str:
    return f"/recordings/{recording_id}/" + (f"#{fragment}" if fragment else "")


def message_address(message_id: int) -> str:
    """Where a message is, whichever conversation it is in by now."""
    return f"/messages/{message_id}/"


class Renderer(RendererHTML):
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
        if found := RECORDING.match(href):
            token.attrSet("href", recording_address(int(found[1]), found[2] or ""))
        elif found := MESSAGE.match(href):
            token.attrSet("href", message_address(int(found[1])))
        if "source" in token.meta:
            token.attrSet("class", "src")
            token.attrs.pop("title", None)
        return self.renderToken(tokens, idx, options, env)

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Only pictures that were put in here are shown; any other stays as its words."""
        token = tokens[idx]
        words = words_of(token.children or [])
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


class TalkRenderer(Renderer):
    """For messages: many on one page, so no anchors, no numbered blocks, and no headings among those of the page."""

    def renderToken(  # noqa: N802 - markdown-it's name
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType
    ) -> str:
        tokens[idx].attrs.pop("data-block", None)
        return super().renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<p><strong>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</strong></p>\n"


def _callout_open(kind: str, block: str) -> str:
    name = CALLOUTS[kind]
    return (
        f'<div class="callout callout-{kind}" role="note" aria-label="{name}" data-block="{block}">'
        f'<p class="callout-name">{name}</p>\n'
    )


def container(kind: str) -> Callable[..., str]:
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
    coloured: str = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return coloured


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
    **dict.fromkeys(("ul", "hr"), _BLOCK),
    **{f"h{level}": _BLOCK | {"id"} for level in range(2, 7)},
}
_TAGS = set(_ATTRIBUTES) | {
    "br",
    "code",
    "del",
    "em",
    "footer",
    "li",
    "mark",
    "s",
    "strong",
    "table",
    "tbody",
    "thead",
    "tr",
}


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return value if _CLASS_NAMES.match(value) else None
    if tag == "img" and name == "src":
        return value if _PICTURE.match(value) else None
    return value


def sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
        strip_comments=True,
    )
