"""Merging, differences, freshness and drafting, which know no rows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twodesks.insights.engine.differences import changed_lines, changed_words, legible
from twodesks.insights.engine.drafting import Speech, Spoken, draft_body
from twodesks.insights.engine.freshness import Signs, State, ago, judge
from twodesks.insights.engine.merging import Clash, merge_texts, merge_topics
from twodesks.kit import markdown

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BASE = "The log writer is waiting. The line is flat.\n\n## Look\n\n1. Log in.\n2. Sort by open.\n\nDrive one lap."


def test_changes_of_different_sentences_go_together() -> None:
    mine = BASE.replace("The line is flat.", "The line is us.")
    theirs = BASE.replace("The log writer is waiting.", "The log writer waits.").replace("one lap", "two laps")
    merge = merge_texts(base=BASE, mine=mine, theirs=theirs)
    assert merge.clashes == ()
    assert merge.taken == 2
    assert merge.text() == BASE.replace("is flat", "is us").replace("is waiting", "waits").replace(
        "one lap", "two laps"
    )


def test_one_sentence_that_both_changed_is_a_clash_and_the_rest_is_in() -> None:
    mine = BASE.replace("The line is flat.", "The line is us.")
    theirs = BASE.replace("The line is flat.", "The line is idle.").replace("one lap", "two laps")
    merge = merge_texts(base=BASE, mine=mine, theirs=theirs)
    (clash,) = merge.clashes
    assert (clash.mine.strip(), clash.theirs.strip()) == ("The line is us.", "The line is idle.")
    assert merge.taken == 1
    assert merge.text(["The line is both."]) == BASE.replace("The line is flat.", "The line is both.").replace(
        "one lap", "two laps"
    )


def test_two_sentences_put_in_at_one_place_are_a_clash() -> None:
    merge = merge_texts(base="One. Three.", mine="One. Two. Three.", theirs="One. Zwei. Three.")
    assert [(clash.mine, clash.theirs) for clash in merge.clashes] == [("Two. ", "Zwei. ")]


TEXTS = st.lists(st.sampled_from(["One. ", "Two. ", "Three!\n\n", "- four\n", "| a |\n", "\n", "five"]), max_size=12)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_merging_loses_no_words(base: list[str], mine: list[str], theirs: list[str]) -> None:
    b, m, t = ("".join(text).strip() for text in (base, mine, theirs))
    assert merge_texts(base=b, mine=m, theirs=b).text() == m
    assert merge_texts(base=b, mine=b, theirs=t).text() == t
    assert merge_texts(base=b, mine=m, theirs=m).text() == m
    merge = merge_texts(base=b, mine=m, theirs=t)
    mirrored = merge_texts(base=b, mine=t, theirs=m)
    assert len(merge.clashes) == len(mirrored.clashes)
    # What I put in is either in the text or on my side of a clash.
    kept = "".join(part.mine if isinstance(part, Clash) else part for part in merge.parts)
    for sentence in set(m.split()) - set(b.split()):
        assert sentence in kept


def test_topics_of_both_are_kept() -> None:
    assert merge_topics(base=["a", "b"], mine=["a", "b", "c"], theirs=["b", "d"]) == ["b", "c", "d"]


def test_difference_shows_the_words_and_hides_what_stayed() -> None:
    before = "\n".join(f"Line {number}." for number in range(20))
    after = before.replace("Line 10.", "Row 10.")
    lines = changed_lines(before, after)
    assert [line.kind for line in lines] == ["gap", "same", "del", "ins", "same", "gap"]
    assert [(run.kind, run.text) for run in lines[3].runs] == [("ins", "Row"), ("same", " 10.")]
    assert (lines[0].hidden, lines[-1].hidden) == (9, 8)
    assert changed_lines(before, before) == []


def test_difference_is_in_words_where_markdown_is_ours() -> None:
    text = 'Cool it\\! [Amara, 0:27](recording:12#t=27,40 "source")\n\n![clip: The \\[mat\\]](recording:12#t=12.5,40)'
    assert legible(text) == "Cool it! (Amara, 0:27)\n\nClip “The [mat]”, 0:12 to 0:40"


@given(st.text(max_size=80), st.text(max_size=80))
def test_both_sides_of_a_difference_are_whole(before: str, after: str) -> None:
    went, came = changed_words(before, after)
    assert "".join(run.text for run in went) == before
    assert "".join(run.text for run in came) == after


def days(number: int) -> datetime:
    return NOW - timedelta(days=number)


@pytest.mark.parametrize(
    ("signs", "state", "label"),
    [
        (Signs(kept_at=days(0)), State.FRESH, "Fresh, kept today"),
        (Signs(kept_at=days(400), revised_at=days(1)), State.FRESH, "Fresh, revised yesterday"),
        (Signs(kept_at=days(400), checked_at=days(9)), State.FRESH, "Fresh, checked 9 days ago"),
        (Signs(kept_at=days(179)), State.FRESH, "Fresh, kept in May"),
        (Signs(kept_at=days(180)), State.AGEING, "Ageing, last looked at in May"),
        (Signs(kept_at=days(400)), State.AGEING, "Ageing, last looked at in October 2025"),
        (Signs(kept_at=days(5), failed_since=1), State.IN_DOUBT, "In doubt, 1 said it didn’t work"),
        (Signs(kept_at=days(5), failed_since=1, helped_since=1), State.FRESH, "Fresh, kept 5 days ago"),
        (Signs(kept_at=days(5), failed_since=3, helped_since=9), State.IN_DOUBT, "In doubt, 3 said it didn’t work"),
        (Signs(kept_at=days(5), failed_since=3, helped_since=10), State.FRESH, "Fresh, kept 5 days ago"),
    ],
)
def test_freshness_follows_the_evidence(signs: Signs, state: State, label: str) -> None:
    freshness = judge(signs, now=NOW)
    assert (freshness.state, freshness.label) == (state, label)
    assert freshness.evidence


def test_evidence_is_in_words() -> None:
    signs = Signs(
        kept_at=days(100), checked_at=days(99), checked_by="Kwame", failed_since=1, helped_since=4,
        last_helped_at=days(1),
    )  # fmt: skip
    assert [evidence.words for evidence in judge(signs, now=NOW).evidence] == [
        "One person said since then that it didn’t work",
        "Kwame checked it in August",
        "Next look in 81 days",
        "Last helped somebody yesterday",
    ]
    assert ago(days(340), NOW) == "in December 2025"


def spoken(start_s: int, end_s: int, text: str) -> Spoken:
    return Spoken(start_s * 1000, end_s * 1000, text)


SPEECH = Speech(
    recording_id=12,
    title="Calibration, *start* to finish",
    speaker="Amara",
    start_ms=0,
    end_ms=120_000,
    cues=[spoken(0, 20, "Park the robot."), spoken(20, 30, "Let it cool\nfor ten minutes."), spoken(30, 40, "Now go.")],
    key_points=[spoken(7, 20, "Park it [on] the mat."), spoken(70, 80, "Below 0.5° you are done.")],
    chapters=[spoken(0, 60, "Before you start"), spoken(60, 120, "Calibrate")],
)


def test_draft_has_the_clip_and_every_point_with_its_second() -> None:
    body = draft_body(SPEECH)
    rendered = markdown.render(body)
    assert rendered.clips == (markdown.ClipEmbed(12, 0, 120_000, "Calibration, *start* to finish"),)
    assert [heading.text for heading in rendered.headings] == ["Before you start", "Calibrate"]
    assert [(source.start_ms, source.text) for source in rendered.sources] == [
        (7_000, "Park it [on] the mat."),
        (70_000, "Below 0.5° you are done."),
    ]
    assert "Amara, 1:10" in body


def test_draft_without_key_points_takes_the_words() -> None:
    body = draft_body(Speech(12, "Mat", "Amara", 0, 40_000, cues=SPEECH.cues))
    assert markdown.paragraphs(body) == ["Park the robot. Let it cool for ten minutes.", "Now go."]


def test_draft_of_a_stretch_keeps_to_it() -> None:
    body = draft_body(Speech(12, "Mat", "Amara", 60_000, 90_000, cues=SPEECH.cues, key_points=SPEECH.key_points))
    assert markdown.paragraphs(body) == ["Below 0.5° you are done."]
    assert "recording:12#t=60,90)" in body
