import string

import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from twodesks.kit.webvtt import CaptionFileError, Cue, parse_captions, to_srt, to_text, to_vtt

LETTERS = string.ascii_letters + string.digits + " .,?!'’éßñ中文يه😀&-;"
LINES = st.text(alphabet=LETTERS, min_size=1, max_size=42).map(lambda line: " ".join(line.split())).filter(bool)
TEXTS = st.lists(LINES, min_size=1, max_size=2).map("\n".join)
MARKED_TEXTS = st.lists(
    st.one_of(LINES, st.sampled_from(["a --> b", "x < y & z > w", "<script>alert(1)</script>", "&amp; stays", "<i>"])),
    min_size=1,
    max_size=2,
).map("\n".join)

NOBODY = st.just("")
SPEAKERS = st.one_of(NOBODY, LINES, st.sampled_from(["Nwosu, Ada (Perception)", "A <b> & C", "王小明"]))


@st.composite
def cue_lists(draw: st.DrawFn, texts: st.SearchStrategy[str], speakers: st.SearchStrategy[str] = NOBODY) -> list[Cue]:
    cues, at = [], 0
    for _ in range(draw(st.integers(0, 8))):
        start = at + draw(st.integers(0, 5_000_000))
        at = start + draw(st.integers(1, 7_000))
        cues.append(Cue(start, at, draw(texts), draw(speakers)))
    return cues


@given(cue_lists(MARKED_TEXTS, SPEAKERS))
def test_webvtt_comes_back_as_it_was_written(cues: list[Cue]) -> None:
    assert parse_captions(to_vtt(cues)) == cues


@given(cue_lists(TEXTS).filter(bool))
def test_subrip_comes_back_as_it_was_written(cues: list[Cue]) -> None:
    assert parse_captions(to_srt(cues)) == cues


@given(cue_lists(MARKED_TEXTS))
def test_another_reader_sees_the_same_cues(cues: list[Cue]) -> None:
    read = webvtt.from_string(to_vtt(cues))
    assert [(c.start_in_seconds * 1000 + c.start_time.milliseconds, c.raw_text) for c in read.captions] == [
        (cue.start_ms, cue.text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")) for cue in cues
    ]


def test_an_arrow_in_the_text_does_not_end_a_subrip_cue() -> None:
    assert parse_captions(to_srt([Cue(0, 1000, "press --> twice")])) == [Cue(0, 1000, "press -- > twice")]


def test_uploaded_webvtt_with_settings_styles_notes_and_tags() -> None:
    lines = [
        "\ufeffWEBVTT - lesson one",
        "Kind: captions",
        "",
        "STYLE",
        "::cue { color: red }",
        "",
        "NOTE made by hand",
        "",
        "intro",
        "00:01.000 --> 00:03.500 align:start line:0%",
        "<v Ada>Hello &amp; <i>welcome</i></v>",
        "to the course",
        "",
        "01:00:00.000 --> 01:00:02.000",
        "The end",
    ]
    assert parse_captions("\r\n".join(lines)) == [
        Cue(1_000, 3_500, "Hello & welcome\nto the course", "Ada"),
        Cue(3_600_000, 3_602_000, "The end"),
    ]


def test_uploaded_subrip_loses_its_formatting_only() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,500\n<i>2 < 3</i> {\\an8}and <that>\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n"
    assert parse_captions(text) == [Cue(1_000, 2_500, "2 < 3 and <that>"), Cue(3_000, 4_000, "Bye")]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "not a caption file"),
        ("Dear diary,\n\ntoday", 1, "not a caption file"),
        ("WEBVTT\n\n00:05.000 --> 00:02.000\nback\n", 3, "ends before it begins"),
        ("WEBVTT\n\n00:01.000 --> soon\nx\n", 3, "not a time"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\nstray words\nwithout time\n", 6, "missing"),
        ("1\n00:00:01,000 --> 00:00:02,000\nx\n\n2\n00:61,00 -> 3\n", 5, "missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(CaptionFileError, match=words) as raised:
        parse_captions(text)
    assert raised.value.line == line


def test_text_has_paragraphs_where_the_speaker_pauses() -> None:
    cues = [Cue(0, 2_000, "Open the\nsettings."), Cue(2_100, 4_000, "Choose a team."), Cue(7_000, 8_000, "Now save.")]
    assert to_text(cues) == "Open the settings. Choose a team.\n\nNow save.\n"


def test_a_cue_that_ends_before_it_begins_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="must end after"):
        Cue(2_000, 2_000, "x")


def test_several_voices_in_one_cue_become_cues_of_their_own() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:10.000\nNobody yet\n<v Ada>Is it loose?</v>\n<v.loud Bo Li>A quarter turn\n"
    cues = parse_captions(text)
    assert [(cue.speaker, cue.text) for cue in cues] == [
        ("", "Nobody yet"),
        ("Ada", "Is it loose?"),
        ("Bo Li", "A quarter turn"),
    ]
    assert cues[0].start_ms == 0
    assert [cue.end_ms for cue in cues] == [cues[1].start_ms, cues[2].start_ms, 10_000]


def test_names_stand_before_what_is_said_in_subrip_and_text() -> None:
    cues = [Cue(0, 900, "Loose,\nyes?", "Ada"), Cue(900, 1_800, "Say so.", "Ada"), Cue(1_800, 2_500, "Aye.", "Bo")]
    assert [block.split("\n", 2)[2] for block in to_srt(cues).strip().split("\n\n")] == [
        "Ada: Loose,\nyes?",
        "Ada: Say so.",
        "Bo: Aye.",
    ]
    assert to_text(cues) == "Ada: Loose, yes? Say so.\n\nBo: Aye.\n"
