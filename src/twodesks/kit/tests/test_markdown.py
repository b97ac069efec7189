"""What Markdown becomes: our own blocks, plain words, and nothing that a browser would execute."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.kit import markdown

SOURCE = '[Amara, 0:27](recording:12#t=27,40 "source")'


class Audit(HTMLParser):
    """Collects what could be dangerous in HTML, as a browser would read it."""

    allowed = frozenset(
        [
            "a",
            "aside",
            "blockquote",
            "br",
            "code",
            "del",
            "div",
            "em",
            "figure",
            "footer",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "img",
            "li",
            "mark",
            "ol",
            "p",
            "pre",
            "s",
            "span",
            "strong",
            "table",
            "tbody",
            "td",
            "th",
            "thead",
            "tr",
            "ul",
        ]
    )

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.allowed:
            self.faults.append(tag)
        for name, value in attrs:
            words = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                self.faults.append(f"{tag} {name}")
            if name == "href" and not words.startswith(("http:", "https:", "mailto:", "/", "#")) and ":" in words:
                self.faults.append(f"{tag} {name}={value}")
            if name == "src" and not words.startswith("/insights/"):
                self.faults.append(f"{tag} {name}={value}")


def faults(text: str) -> list[str]:
    audit = Audit()
    audit.feed(markdown.render_html(text))
    return audit.faults


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        "![x](/insights/1/attachments/2/../../../sign-out)",
        '[x](https://a.example "onmouseover=alert(1)")',
        '![clip: "><script>alert(1)</script>](recording:1#t=1,2)',
        "> [!said] <b onclick=x>\n> <script>alert(1)</script>",
        '```html"><script>alert(1)</script>\n<script>alert(1)</script>\n```',
        "::: careful\n<iframe src=javascript:alert(1)></iframe>\n:::",
        "| <svg onload=alert(1)> |\n|---|\n| <style>*{}</style> |",
        '<figure data-clip="0"></figure>',
    ],
)
def test_hostile_markdown_becomes_harmless(hostile: str) -> None:
    assert faults(hostile) == []
    html = markdown.render_html(hostile)
    assert "<script" not in html
    assert "data-clip" not in html.replace("&lt;figure data-clip=", "")


PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=", "javascript:", "data:text/html,", "onclick=", '"', "'", ">"),
        *(
            "<",
            "&",
            "](",
            "[",
            "![",
            ")",
            "`",
            "```",
            "~~",
            "==",
            "**",
            "\n",
            "\n\n",
            "> ",
            "> [!careful]",
            "> [!said]",
        ),
        *("::: note\n", ":::", "| a |", "|---|", "- ", "1. ", "recording:1#t=1,2", ' "source"', "clip: ", "\\", "\x00"),
        *("https://a.example", "/insights/1/attachments/2", "&#x6a;", "\u202e", "😀", "    ", "# "),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30))
def test_no_text_whatever_becomes_dangerous(pieces: list[str]) -> None:
    assert faults("".join(pieces)) == []


def test_clip_is_a_part_of_its_own_between_safe_html() -> None:
    rendered = markdown.render("Before\n\n![clip: Cool it *first*](recording:12#t=12.5,40)\n\nAfter")
    assert rendered.clips == (markdown.ClipEmbed(12, 12_500, 40_000, "Cool it first"),)
    assert [type(part).__name__ for part in rendered.parts] == ["str", "ClipEmbed", "str"]


@pytest.mark.parametrize("broken", ["recording:12", "recording:12#t=40,12", "recording:x#t=1,2", "recording:1#t=1"])
def test_clip_without_a_range_stays_words(broken: str) -> None:
    rendered = markdown.render(f"![clip: Title]({broken})")
    assert rendered.clips == ()
    assert "Title" in "".join(part for part in rendered.parts if isinstance(part, str))


def test_clip_survives_its_own_markdown() -> None:
    title = r"A [very] *odd* `title` \ with ] brackets!"
    text = markdown.clip_markdown(recording_id=3, fragment="t=1,2.5", title=title)
    assert markdown.render(text).clips == (markdown.ClipEmbed(3, 1000, 2500, title),)


def test_source_links_to_its_second_and_is_no_word_of_the_text() -> None:
    text = f"Park the robot. {SOURCE}\n\n- Cool it. {SOURCE}"
    rendered = markdown.render(text)
    assert rendered.sources == (
        markdown.Source(0, 12, 27_000, 40_000, "Park the robot."),
        markdown.Source(1, 12, 27_000, 40_000, "Cool it."),
    )
    assert 'href="/recordings/12/#t=27,40" class="src"' in markdown.render_html(text)
    assert markdown.paragraphs(text) == ["Park the robot.", "Cool it."]
    assert [block.start_ms for block in markdown.blocks(text)] == [27_000, 27_000]


def test_source_that_is_a_message_links_to_it_and_is_no_word_of_the_text() -> None:
    source = markdown.message_source_markdown(message_id=7, label="Owen [ops], 14:02")
    text = f"Park the robot. {source}\n\n```\ncode\n```\n\n{source}"
    rendered = markdown.render(text)
    assert [(found.block, found.message_id, found.text) for found in rendered.sources] == [
        (0, 7, "Park the robot."),
        (2, 7, ""),
    ]
    html = markdown.render_html(text)
    assert 'href="/messages/7/" class="src"' in html
    assert html.count('class="src-line"') == 1
    assert [block.recording_id for block in markdown.blocks(text)] == [None, None]
    assert markdown.plain_text(text) == "Park the robot.\n\ncode"


@pytest.mark.parametrize("text", ["> [!careful]\n> The motor is *hot*.", "::: careful\nThe motor is *hot*.\n:::"])
def test_callout_is_named_and_a_note(text: str) -> None:
    html = markdown.render_html(text)
    assert 'class="callout callout-careful" role="note" aria-label="Careful"' in html
    assert "<em>hot</em>" in html
    assert "[!careful]" not in html
    assert markdown.plain_text(text) == "The motor is hot."


def test_said_names_who_said_it_below_the_words() -> None:
    html = markdown.render_html("> [!said] [Hiroshi, 0:27](recording:12#t=27,30)\n> Torque it.")
    assert '<blockquote data-block="0" class="said">' in html
    assert html.index("Torque it.") < html.index("<footer>") < html.index("Hiroshi, 0:27")


def test_headings_leave_out_no_level_and_have_their_own_anchors() -> None:
    headings = markdown.render("# Calibrate\n\n#### Calibrate\n\n## Über 35 °C").headings
    assert [(heading.level, heading.anchor) for heading in headings] == [
        (2, "s-calibrate"),
        (3, "s-calibrate-2"),
        (2, "s-über-35-c"),
    ]


def test_thousands_of_equal_headings_are_named_soon() -> None:
    text = "#\n" * (markdown.MAX_CHARS // 2)
    began = time.process_time()
    headings = markdown.render(text).headings
    assert time.process_time() - began < 10
    assert len({heading.anchor for heading in headings}) == len(headings) == markdown.MAX_CHARS // 2


def test_heading_that_has_the_name_of_a_numbered_one_has_its_own_anchor() -> None:
    headings = markdown.render("# Mat\n\n# Mat 2\n\n# Mat\n\n# Mat").headings
    assert [heading.anchor for heading in headings] == ["s-mat", "s-mat-2", "s-mat-3", "s-mat-4"]


def test_code_is_coloured_by_class_and_its_markup_is_text() -> None:
    html = markdown.render_html('```python\nx = "<b>"  # why\n```')
    assert '<span class="c1"># why</span>' in html
    assert "&lt;b&gt;" in html
    assert 'data-language="python"' in html


def test_picture_of_ours_is_shown_and_another_is_its_words() -> None:
    html = markdown.render_html("![The mat](/insights/4/attachments/9) and ![the pixel](https://evil.example/x.png)")
    assert '<img src="/insights/4/attachments/9" alt="The mat" loading="lazy">' in html
    assert "the pixel" in html
    assert "evil.example" not in html


def test_tables_marks_and_bare_links_are_understood() -> None:
    html = markdown.render_html("| a | b |\n|---|--:|\n| ==x== | ~~y~~ |\n\nSee https://example.org now.")
    assert "<mark>x</mark>" in html
    assert '<td class="to-right"><s>y</s></td>' in html
    assert '<a href="https://example.org"' in html


def test_words_are_counted_and_summed_up() -> None:
    text = "# Title\n\n" + "word " * 660
    assert markdown.render(text).minutes == 3
    assert markdown.render("").minutes == 1
    assert markdown.summary("# Title\n\nOne *two* three four", 11) == "One two…"


@pytest.mark.parametrize(
    "unit",
    ["[", "![", "*a ", "**a", "~~a", "==a", "`", "> ", "- ", "\n- a", "|a", "a|b\n-|-\n", "a.com ", "[a](", "<a"],
)
def test_two_megabytes_of_anything_end_soon(unit: str) -> None:
    text = unit * (2_000_000 // len(unit))
    began = time.process_time()
    markdown.render(text)
    assert time.process_time() - began < 10


@given(st.text(max_size=60))
def test_escaped_words_mean_themselves(words: str) -> None:
    printable = " ".join("".join(letter for letter in words if letter.isprintable()).split())
    assert " ".join(markdown.plain_text(markdown.escape(printable)).split()) == printable
