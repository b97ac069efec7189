"""Slack's markup: what it means, and that nothing that people type breaks it."""

import re
from html import escape as html_escape
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twodesks.imports.engine.blocks import attachment_to_markdown, blocks_to_markdown
from twodesks.imports.engine.chat import chat_markdown
from twodesks.imports.engine.mrkdwn import to_markdown
from twodesks.imports.engine.plain import clean, emoji_of, safe_link
from twodesks.kit.markdown import render_html


class Names:
    def person(self, key: str, fallback: str) -> str:
        return f"[@{fallback or key}](/people/{key}/)"

    def channel(self, key: str, fallback: str) -> str:
        return f"#{fallback or key}"


def page(text: str) -> str:
    return render_html(to_markdown(text, Names()).markdown)


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("plain words, no more", "plain words, no more"),
        ("*bold* _it_ ~gone~ *_both_* _*both*_", "**bold** _it_ ~~gone~~ **_both_** _**both**_"),
        ("2*3*4 snake_case_name C:\\new", "2\\*3\\*4 snake_case_name C:\\\\new"),
        ("`a &lt; *b*` and `x`", "`a < *b*` and `x`"),
        ("see ```one\n  two``` so", "see\n\n```\none\n  two\n```\n\n so"),
        ("<http://x.y/z_(a)|the *label*>", "[the \\*label\\*](http://x.y/z_%28a%29)"),
        ("<https://x.y/?a=1&amp;b=2>", "<https://x.y/?a=1&b=2>"),
        ("<mailto:a@b.c|a@b.c>", "[a@b.c](mailto:a@b.c)"),
        ("<@U1|bob> in <#C1|ops>", "[@bob](/people/U1/) in #ops"),
        ("<!here> <!subteam^S1|@ops> <!date^1^{date}|1 May>", "@here @ops 1 May"),
        ("first\nsecond\n\nthird", "first  \nsecond\n\nthird"),
        ("said:\n&gt; quoted *so*\n&gt; on\nafter", "said:\n\n> quoted **so**  \n> on\n\nafter"),
        ("&gt;&gt;&gt; all\nof it", "> all  \n> of it"),
        ("• one\n• two\n    ◦ deep", "- one\n- two\n  - deep"),
        ("# no heading\n1. a list", "\\# no heading\n\n1. a list"),
        (":wave::skin-tone-3: :our-robot: at 12:30:45", "👋🏼 :our-robot: at 12:30:45"),
        ("[x](y) &amp;nbsp; ==x== <b>", "\\[x\\](y) \\&nbsp; \\==x\\== \\<b>"),
        ("javascript <javascript:alert(1)|click>", "javascript click"),
    ],
)
def test_mrkdwn_means_the_same_in_markdown(text: str, markdown: str) -> None:
    assert to_markdown(text, Names()).markdown == markdown


def test_mentions_are_told_even_inside_words_of_other_kinds() -> None:
    assert to_markdown("*<@U1>* and > <@U2|b> not `<@U3>`", Names()).mentions == ["U1", "U2"]


# What people type, and what breaks things: marks, brackets, entities, control characters, halves of characters.
HARD = st.text(
    st.one_of(st.sampled_from(list("*_~`<>&|\\[]()#!=-+:\n\t \x00\x01\x02@1.")), st.characters()), max_size=200
)


@given(HARD)
def test_any_text_becomes_markdown_that_renders_and_holds_no_tag(text: str) -> None:
    markdown = to_markdown(text, Names()).markdown
    html = render_html(markdown)
    assert not re.search(r"<(script|img|iframe|style|object|svg)", html)
    # Outside code, a bracket that could open a tag is escaped or opens an address.
    bare = re.sub(r"(`+).*?\1", "", markdown, flags=re.DOTALL)
    assert not re.search(r"(?<!\\)<(?!https?:|mailto:)\w", bare)


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="`<>"), min_size=1, max_size=80))
def test_code_comes_through_untouched(code: str) -> None:
    if not code.strip():
        return
    typed = html_escape(code, quote=False)
    fence = page(f"```{typed}```")
    found = re.search(r"<code>(.*?)</code>", fence, re.DOTALL)
    assert found is not None
    assert unescape(re.sub(r"<[^>]*>", "", found[1])).strip("\n") == code.strip("\n")
    span = re.search(r"<code>(.*?)</code>", page(f"`{typed}`"), re.DOTALL)
    assert span is not None
    assert unescape(span[1]).strip() == code.strip()


@given(st.text(st.sampled_from(list("abc *_~&;ltg#-1.\\[]!|=:")), max_size=60))
def test_words_survive(text: str) -> None:
    """Letters are neither lost nor made up, whatever stands between them."""
    letters = re.sub(r"[^a-z]", "", unescape(text))
    shown = unescape(re.sub(r"<[^>]*>", "", page(text)))
    assert re.sub(r"[^a-z]", "", shown) == letters


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.sampled_from(["rich_text", "bold", "text"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                ["type", "elements", "text", "style", "indent", "url", "user_id", "fields", "title", "rows", "name"]
            ),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=30,
)


@given(JSON)
def test_blocks_and_attachments_of_any_shape_never_fail(told: object) -> None:
    converted = blocks_to_markdown(told, Names())
    assert converted is None or render_html(converted.markdown) is not None
    if isinstance(told, dict):
        assert isinstance(attachment_to_markdown(told, Names()).markdown, str)


@given(HARD)
def test_chat_markdown_never_fails(text: str) -> None:
    assert isinstance(render_html(chat_markdown(clean(text), [])), str)


def test_rich_text_keeps_lists_quotes_code_and_styles() -> None:
    def words(*elements: dict[str, object]) -> dict[str, object]:
        return {"type": "rich_text_section", "elements": list(elements)}

    def plain(text: str, **style: bool) -> dict[str, object]:
        return {"type": "text", "text": text, "style": style}

    blocks = [
        {
            "type": "rich_text",
            "elements": [
                words(plain("Do "), plain("this ", bold=True), {"type": "user", "user_id": "U1"}, plain(" *now*")),
                {"type": "rich_text_list", "style": "ordered", "elements": [words(plain("one")), words(plain("two"))]},
                {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [words(plain("deep"))]},
                {"type": "rich_text_preformatted", "elements": [plain("if a < b:\n    `go`")]},
                {"type": "rich_text_quote", "elements": [plain("said\nso")]},
                words(
                    plain("x = 1", code=True), {"type": "emoji", "name": "tada"}, {"type": "link", "url": "https://a.b"}
                ),
            ],
        }
    ]
    converted = blocks_to_markdown(blocks, Names())
    assert converted is not None
    assert converted.mentions == ["U1"]
    assert converted.markdown == (
        "Do **this** [@U1](/people/U1/) \\*now\\*\n\n1. one\n2. two\n   - deep\n\n```\nif a < b:\n    `go`\n```\n\n"
        "> said  \n> so\n\n`x = 1`🎉<https://a.b>"
    )


def test_links_lose_their_secrets_and_emoji_their_colons() -> None:
    assert (
        safe_link("https://files.slack.com/f/T1-F1/a.png?t=xoxe-1-2&x=1") == "https://files.slack.com/f/T1-F1/a.png?x=1"
    )
    assert safe_link("https://www.youtube.com/watch?v=1&t=30") == "https://www.youtube.com/watch?v=1&t=30"
    assert safe_link("javascript:alert(1)") == ""
    assert emoji_of("thumbsup_all") == ":thumbsup_all:"
    assert emoji_of("+1") == "👍"
