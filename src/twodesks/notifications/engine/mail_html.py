"""What a message says, for a mail: nothing is fetched from anywhere when it is read, and links lead home."""

import re

import nh3

from twodesks.kit.markdown import render_html

_TAGS = {
    "p", "br", "strong", "em", "del", "a", "ul", "ol", "li", "pre", "code", "blockquote", "h1", "h2", "h3", "h4", "hr",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_HREF = re.compile(r'href="/(?!/)')


def mail_html(body: str, base_url: str) -> str:
    """Safe HTML of a Markdown body, without pictures, its own links made whole."""
    html = nh3.clean(render_html(body), tags=_TAGS, attributes={"a": {"href"}}, link_rel=None)
    return _HREF.sub(f'href="{base_url}/', html)
