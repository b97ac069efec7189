"""What meeting tools write, read into who said what: every form, and whatever else somebody may bring."""

import io
import json
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.kit.webvtt import Cue, to_srt, to_text, to_vtt
from twodesks.recordings.engine.speaker_names import clean_name, forms_of_name
from twodesks.recordings.engine.transcript_files import text_of
from twodesks.recordings.engine.transcripts import CannotRead, Transcript, from_rows, parse_transcript, to_rows

SAMPLES = Path(__file__).parent / "transcripts"
MEETINGS = Path(__file__).resolve().parents[5] / "shared" / "data" / "meetings" / "qmsum-val"

SPOKEN = [
    ("Amara Okafor", 3, "So that is the swap. Now, the bit the manual gets wrong."),
    ("Daniyar Abenov", 11, "Do we send the lidar back when it is two degrees off?"),
    (
        "Amara Okafor",
        16,
        "You do not send it back. Two degrees is exactly what a wheel swap gives you. "
        "Park it on the mat, nose to the white line.",
    ),
    ("Kit (Guest)", 31, "How long do I wait?"),
    (
        "Amara Okafor",
        34,
        "Ten minutes. If the motor is warm, the encoder reads a little off: "
        "you end up calibrating the heat, not the lidar.",
    ),
    ("Daniyar Abenov", 47, "Aye, about a quarter turn."),
    ("Amara Okafor", 51, "There you go. And now we can talk to the robot."),
]


def sample(name: str) -> Transcript:
    return parse_transcript(text_of((SAMPLES / name).read_bytes()))


def said(transcript: Transcript) -> list[tuple[str, str]]:
    return [(line.speaker, line.text) for line in transcript.lines]


@pytest.mark.parametrize(
    ("name", "tool", "begins_at"),
    [
        ("teams.vtt", "Teams", 3),
        ("teams.txt", "Teams", 3),
        ("teams-old.txt", "Teams", 3),
        ("zoom.vtt", "Zoom", 3),
        ("zoom.txt", "Zoom", 0),
        ("zoom-from.txt", "Zoom", 0),
        ("named.srt", "", 3),
    ],
)
def test_every_form_gives_the_same_words_speakers_and_times(name: str, tool: str, begins_at: int) -> None:
    found = sample(name)
    assert found.tool == tool
    assert said(found) == [(who, words) for who, _, words in SPOKEN]
    assert [line.start_ms for line in found.lines] == [(at - 3 + begins_at) * 1000 for _, at, _ in SPOKEN]


def test_meets_times_every_few_minutes_stand_at_the_words_that_follow_them() -> None:
    found = sample("meet.txt")
    assert found.tool == "Google Meet"
    assert said(found) == [(who, words) for who, _, words in SPOKEN]
    assert [line.start_ms for line in found.lines] == [0, None, None, 30_000, None, None, None]
    assert found.last_ms == found.lines[-1].end_ms == 58_000


def test_names_without_times_and_words_without_names() -> None:
    named = sample("names.txt")
    assert said(named) == [(who, words) for who, _, words in SPOKEN]
    assert not named.is_timed
    alone = sample("words.txt")
    assert [line.speaker for line in alone.lines] == [""]
    assert alone.lines[0].text == " ".join(words for _, _, words in SPOKEN)


def test_a_word_document_is_read_as_its_text() -> None:
    text = (SAMPLES / "teams.txt").read_text(encoding="utf-8")
    found = parse_transcript(text_of(docx(text.split("\n"))))
    assert (found.tool, said(found)) == ("Teams", [(who, words) for who, _, words in SPOKEN])


def test_older_encodings_are_read() -> None:
    text = "Zoë: café crème, s’il vous plaît\nBo: oui\nZoë: merci\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert said(parse_transcript(text_of(text.encode(encoding))))[0] == ("Zoë", "café crème, s’il vous plaît")


def test_a_caption_that_only_has_a_colon_has_no_speaker() -> None:
    cues = [Cue(0, 1000, "Two things: the mat"), Cue(1000, 2000, "and the line."), Cue(2000, 3000, "Then wait.")]
    for text in (to_vtt(cues), to_srt(cues)):
        found = parse_transcript(text)
        assert said(found) == [("", cue.text) for cue in cues]


def test_where_names_stand_at_turns_only_the_speaker_goes_on() -> None:
    words = ["Ada: one", "two", "three", "Bo: four", "five", "Ada: six", "seven", "Bo: eight", "nine", "ten"]
    found = parse_transcript(to_srt(Cue(at * 1000, at * 1000 + 900, text) for at, text in enumerate(words)))
    assert [line.speaker for line in found.lines] == ["Ada"] * 3 + ["Bo"] * 2 + ["Ada"] * 2 + ["Bo"] * 3


def test_time_of_day_over_midnight_runs_on() -> None:
    found = parse_transcript("[Ada] 23:59:50\nlate\n[Bo] 00:00:05\nearly\n")
    assert [line.start_ms for line in found.lines] == [0, 15_000]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ((SAMPLES / "zoom-chat.txt").read_bytes(), "chat"),
        (b"", "no words"),
        (b"\n \n", "no words"),
        (b"WEBVTT\n\n00:01.000 --> oh\nhi\n", "not a time"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not a text file"),
        (b"PK\x03\x04 broken", "not a Word document"),
        (b"a\n" * 20_001, "more than"),
        (b"a" * 2_000_001, "too long"),
    ],
)
def test_what_is_no_transcript_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(CannotRead, match=words):
        parse_transcript(text_of(data))


def test_a_document_made_to_do_harm_is_refused() -> None:
    entity = '<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    for content in (entity, "<a" + "x" * 100, "plain"):
        with pytest.raises(CannotRead):
            text_of(zipped({"word/document.xml": content}))
    with pytest.raises(CannotRead):
        text_of(zipped({"other.xml": "<a/>"}))
    with pytest.raises(CannotRead, match="too large"):
        text_of(zipped({"word/document.xml": " " * 65_000_000}))


NAMES = st.sampled_from(["Ada Nwosu", "Bo Li", "van Dijk, Cees", "Ö. Çelik", "王小明", "Dr Eve O’Hara (Guest)"])
WORDS = st.lists(
    st.sampled_from(["so", "the", "mat", "is", "warm,", "4.5", "nm?", "café", "—", "naïve", "it’s", "10%", "really."]),
    min_size=1,
).map(" ".join)
TURNS = st.lists(st.tuples(NAMES, WORDS, st.integers(1, 90)), min_size=3, max_size=30)


def as_teams(turns: list[tuple[str, str, int]]) -> str:
    rows, at = ["Title", "12 May", "Ada started transcription"], 0
    for name, words, lasts in turns:
        rows += [f"{name}   {at // 60}:{at % 60:02}", words, ""]
        at += lasts
    return "\n".join(rows)


def as_zoom(turns: list[tuple[str, str, int]]) -> str:
    rows, at = [], 9 * 3600
    for name, words, lasts in turns:
        rows += [f"[{name}] {at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}", words, ""]
        at += lasts
    return "\n".join(rows)


def as_captions(turns: list[tuple[str, str, int]]) -> str:
    cues, at = [], 0
    for name, words, lasts in turns:
        cues.append(Cue(at, at + lasts * 1000, words, name))
        at += lasts * 1000
    return to_vtt(cues)


def as_names(turns: list[tuple[str, str, int]]) -> str:
    return "\n".join(f"{name}: {words}" for name, words, _ in turns)


@settings(max_examples=60, deadline=None)
@given(TURNS, st.sampled_from([as_teams, as_zoom, as_captions, as_names]))
def test_nothing_that_was_said_is_lost_and_times_run_forward(turns: list[tuple[str, str, int]], write: object) -> None:
    found = parse_transcript(write(turns))  # type: ignore[operator]
    assert said(found) == [(name, words) for name, words, _ in turns]
    starts = [line.start_ms for line in found.lines if line.start_ms is not None]
    assert starts == sorted(starts)
    assert from_rows(found.tool, json.loads(json.dumps(to_rows(found)))) == found


PIECES = """WEBVTT
00:01.000 --> 00:02.000
0:0:1.0 --> 0:0:2.0
1
[Ada] 10:02:11
Ada   0:03
Ada: hi
00:05:00
10:00:00 From Bo: x
10:00:00 From Bo to Everyone: x
**Bo:** y
Transcription ended after 00:01:02
Ada (1:02): z
12:30:99 PM Ada: q
""".splitlines(keepends=True)
FRAGMENTS = st.sampled_from([*PIECES, "-->", "<v Ada>", "99:99", "25:61:61", ":", "：", "\0", "\ud800", " ", "\n\n"])


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=30).map("".join)))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read_or_refused(text.encode("utf-8", "surrogatepass"), text)
    if found is None:
        return
    assert found.lines
    assert all(line.text for line in found.lines)
    starts = [line.start_ms for line in found.lines if line.start_ms is not None]
    assert starts == sorted(starts)
    assert min(starts, default=0) >= 0


@settings(max_examples=100, deadline=None)
@given(st.binary(), st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, as_document: bool) -> None:
    found = read_or_refused(b"PK\x03\x04" + data if as_document else data)
    assert found is None or found.lines


def read_or_refused(data: bytes, text: str | None = None) -> Transcript | None:
    """None when it was refused, in words. Anything else that is raised is a defect."""
    try:
        return parse_transcript(text_of(data) if text is None else text)
    except CannotRead as error:
        reason = str(error)
    assert reason.endswith((".", "…"))
    return None


def test_real_meetings_come_back_whole_from_every_form() -> None:
    """35 meetings of QMSum (Zhong et al., 2021), turn by turn, with names such as "PhD A" or "Project Manager".

    A minister's title in brackets, longer than any name in a meeting tool, is left out.
    """
    files = sorted(MEETINGS.glob("*.json"))
    if not files:
        pytest.skip("TWODESKS_BENCH_DATA does not point to the meetings of QMSum")
    for path in files:
        content = json.loads(path.read_text(encoding="utf-8"))["meeting_transcripts"]
        turns = [
            (
                clean_name(row["speaker"].partition(" (")[0]),
                " ".join(row["content"].split()),
                1 + len(row["content"]) // 15,
            )
            for row in content
            if row["content"].strip()
        ]
        for write in (as_teams, as_zoom, as_captions, as_names):
            found = parse_transcript(write(turns))
            assert said(found) == [(who, words) for who, words, _ in turns], (path.name, write.__name__)


def test_own_downloads_are_read_again() -> None:
    cues = [Cue(at * 1000, end * 1000, words, who) for (who, at, words), end in zip(SPOKEN, ENDS, strict=True)]
    for text in (to_vtt(cues), to_srt(cues), to_text(cues)):
        assert said(parse_transcript(text)) == [(who, words) for who, _, words in SPOKEN]


ENDS = [at for _, at, _ in SPOKEN[1:]] + [58]


def test_forms_of_one_name_meet() -> None:
    for form in (
        "Ada Nwosu",
        "Nwosu, Ada",
        "Ada Nwosu (Guest)",
        "ada nwosu",
        "Nwosu, Ada (Perception)",
        "Ada Nwosu | Acme",
    ):
        assert forms_of_name(form) & forms_of_name("Ada Nwosu")
    assert forms_of_name("Zoë Ó Briain") & forms_of_name("zoe o briain")
    assert not forms_of_name("Ada") & forms_of_name("Ada Nwosu")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("a " * 200_000, "more than 120,000 words"),
        ("Ada: yes\n" * 100_001, "more than 20,000 lines"),
        ("word " * 500_000, "far too long"),
    ],
)
def test_what_no_call_can_have_is_refused_before_it_costs_much(data: str, says: str) -> None:
    with pytest.raises(CannotRead, match=says):
        parse_transcript(data)


@pytest.mark.parametrize(
    "body", ["<w:p/>" * 500_000, "<w:p><w:t>" + "a" * 2_000_001 + "</w:t></w:p>", " " * 33_000_000]
)
def test_a_document_that_unpacks_to_far_more_is_refused_with_little_memory(body: str) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    data = zipped({"word/document.xml": f'<w:document xmlns:w="{space}">{body}</w:document>'})
    assert len(data) < 60_000
    tracemalloc.start()
    try:
        with pytest.raises(CannotRead, match="far too large"):
            text_of(data)
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def docx(lines: list[str]) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    paragraphs = "".join(f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>' for line in lines)
    return zipped({"word/document.xml": f'<w:document xmlns:w="{space}"><w:body>{paragraphs}</w:body></w:document>'})


def zipped(files: dict[str, str]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return kept.getvalue()
