"""Whatever is done to cues, in whatever order: they stay in order, do not overlap, and their words are their text."""

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.recordings.engine import cues as mending
from twodesks.recordings.engine.chapters import Chapter, to_rows
from twodesks.recordings.engine.cues import CannotMend, TimedCue, Word, from_file, from_rows
from twodesks.recordings.engine.points import carry_points

TEXTS = st.lists(st.text(alphabet="abcdeé.,’", min_size=1, max_size=9), min_size=1, max_size=14)


@st.composite
def tracks(draw: st.DrawFn) -> list[TimedCue]:
    """Captions as a model makes them: cues with pauses between, words with times inside."""
    at = 0
    rows, words = [], []
    for texts in draw(st.lists(TEXTS, min_size=1, max_size=6)):
        start = at + draw(st.integers(0, 2000))
        end = start + draw(st.integers(len(texts), 7000))
        step = (end - start) / len(texts)
        rows.append({"start_ms": start, "end_ms": end, "text": " ".join(texts)})
        for place, text in enumerate(texts):
            begin, stop = start + int(place * step), start + int((place + 1) * step)
            words.append({"start_ms": begin, "end_ms": stop, "text": text, "probability": 0.9})
        at = end
    return from_rows(rows, words)


EDITS = st.one_of(
    st.tuples(st.just("correct"), st.integers(0, 7), st.text(alphabet="abc é\n漢", max_size=60)),
    st.tuples(st.just("split"), st.integers(0, 7), st.integers(-1, 15)),
    st.tuples(st.just("merge"), st.integers(0, 7)),
    st.tuples(st.just("retime"), st.integers(0, 7), st.integers(-500, 40_000), st.integers(-500, 40_000)),
)


def assert_sound(cues: list[TimedCue]) -> None:
    for before, after in pairwise(cues):
        assert before.end_ms <= after.start_ms
    for cue in cues:
        assert 0 <= cue.start_ms < cue.end_ms
        assert cue.text.strip()
        assert "".join(word.text for word in cue.words) == "".join(cue.text.split())
        starts = [word.start_ms for word in cue.words]
        assert starts == sorted(starts)
        assert all(cue.start_ms <= word.start_ms <= word.end_ms <= cue.end_ms for word in cue.words)


@settings(max_examples=300, deadline=None)
@given(tracks(), st.lists(EDITS, max_size=8))
def test_any_changes_leave_sound_cues(cues: list[TimedCue], edits: list[tuple[object, ...]]) -> None:
    assert_sound(cues)
    for name, *arguments in edits:
        if name == "retime":
            arguments.append(60_000)
        try:
            cues = getattr(mending, str(name))(cues, *arguments)
        except CannotMend:
            continue
        assert_sound(cues)


@settings(max_examples=100, deadline=None)
@given(tracks())
def test_splitting_and_joining_again_changes_no_word_and_no_outer_time(cues: list[TimedCue]) -> None:
    index = max(range(len(cues)), key=lambda at: len(cues[at].words))
    if len(cues[index].words) < 2:
        return
    joined = mending.merge(mending.split(cues, index, 1), index)
    assert [word.text for word in joined[index].words] == [word.text for word in cues[index].words]
    assert (joined[index].start_ms, joined[index].end_ms) == (cues[index].start_ms, cues[index].end_ms)
    assert len(joined) == len(cues)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 9000), st.text(alphabet="ab \n", max_size=20)), max_size=12)
)
def test_captions_of_any_file_become_sound(lines: list[tuple[int, int, str]]) -> None:
    assert_sound(from_file((start, start + length, text) for start, length, text in lines))


def test_changed_word_leaves_the_others_their_times() -> None:
    cue = TimedCue(
        1000,
        4000,
        "park it on the matt nose first",
        tuple(
            Word(1000 + at * 400, 1400 + at * 400, text, 0.6)
            for at, text in enumerate(("park", "it", "on", "the", "matt", "nose", "first"))
        ),
    )
    [after] = mending.correct([cue], 0, "Park it on the mat, nose first")
    assert [word.text for word in after.words] == ["Park", "it", "on", "the", "mat,", "nose", "first"]
    assert [(word.start_ms, word.end_ms) for word in after.words] == [(w.start_ms, w.end_ms) for w in cue.words]
    assert [word.probability for word in after.words] == [1.0, 0.6, 0.6, 0.6, 1.0, 0.6, 0.6]


def test_words_put_in_share_the_time_between_their_neighbours() -> None:
    words = (Word(0, 500, "nose"), Word(1500, 2000, "first"))
    [after] = mending.correct([TimedCue(0, 2000, "nose first", words)], 0, "nose to the line first")
    times = [(word.start_ms, word.text) for word in after.words]
    assert times[0] == (0, "nose")
    assert times[-1] == (1500, "first")
    assert all(500 <= start < 1500 for start, _ in times[1:-1])


def test_long_word_over_two_cues_is_shared() -> None:
    cues = from_rows(
        [{"start_ms": 0, "end_ms": 500, "text": "abc"}, {"start_ms": 500, "end_ms": 1000, "text": "def"}],
        [{"start_ms": 0, "end_ms": 1000, "text": "abcdef", "probability": 0.5}],
    )
    assert [[(w.start_ms, w.end_ms, w.text) for w in cue.words] for cue in cues] == [
        [(0, 500, "abc")],
        [(500, 1000, "def")],
    ]


def test_languages_without_spaces_keep_their_words() -> None:
    words = (Word(0, 500, "今日"), Word(500, 900, "は"))
    cue = TimedCue(0, 1000, "今日は", words)
    first, second = mending.split([cue], 0, 1)
    assert (first.text, second.text) == ("今日", "は")
    [joined] = mending.merge(
        [
            TimedCue(0, 500, "今日は", words),
            TimedCue(500, 900, "晴れです", (Word(500, 700, "晴れ"), Word(700, 900, "です"))),
        ],
        0,
    )
    assert joined.text == "今日は晴れです"


@settings(max_examples=50, deadline=None)
@given(tracks(), EDITS)
def test_key_points_say_what_the_captions_say_after_any_change(
    cues: list[TimedCue], edit: tuple[str, int, *tuple[Any, ...]]
) -> None:
    points = [{"start_ms": cue.start_ms, "end_ms": cue.end_ms, "text": " ".join(cue.text.split())} for cue in cues]
    name, place, *more = edit
    try:
        mended = getattr(mending, name)(cues, place, *more, *([60_000] if name == "retime" else []))
    except CannotMend:
        return
    carried = carry_points(points, mending.to_rows(cues)[1], mending.to_rows(mended)[1], spaced=True)
    texts = [point["text"] for point in points]
    if name == "correct":
        texts[place] = " ".join(str(more[0]).split())
    assert [point["text"] for point in carried] == texts


def test_key_point_whose_words_were_taken_away_comes_back_with_them() -> None:
    before = [{"start_ms": n * 100, "end_ms": n * 100 + 90, "text": word} for n, word in enumerate("abcd")]
    points = [{"start_ms": 100, "end_ms": 290, "text": "b c"}]
    gone = carry_points(points, before, [before[0], before[3]], spaced=True)
    assert gone == [{"start_ms": 100, "end_ms": 290, "text": ""}]
    assert carry_points(gone, [before[0], before[3]], before, spaced=True) == points


def test_long_caption_is_parted_where_a_sentence_ends() -> None:
    assert mending.wrap("It was the age of wisdom. It was the age of foolishness.").split("\n") == [
        "It was the age of wisdom.",
        "It was the age of foolishness.",
    ]
    assert mending.wrap("Yes. And then you park it on the mat with its nose to the line").count("\n") == 1
    assert max(map(len, mending.wrap("Yes. And then you park it on the mat with its nose to it").split("\n"))) <= 42


@given(st.sets(st.integers(0, 60_000), max_size=8))
def test_chapters_follow_each_other_to_the_end(starts: set[int]) -> None:
    rows = to_rows([Chapter(start, "A") for start in starts], 60_001)
    for before, after in pairwise(rows):
        assert before["end_ms"] == after["start_ms"]
    assert not rows or rows[-1]["end_ms"] == 60_001
