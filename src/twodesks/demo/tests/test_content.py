"""The files of the demo: whole, true to one another, and small."""

import re
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import av
import pytest

from twodesks.demo.content import FOLDER, Content, moment_in, read_content
from twodesks.demo.links import stretch_of
from twodesks.kit import markdown

LINK = re.compile(r"\]\((insight|channel|person|recording):([^)#]+)(?:#(?:say|source)=([^)]+))?\)")
MEDIA_LIMIT = 6 * 1024**2
PICTURE_LIMIT = 60 * 1024


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content()


def test_there_is_enough_to_look_around_in(content: Content) -> None:
    assert len(content.people) == 12
    assert 30 <= len(content.insights) <= 60
    assert len(content.courses) == 3
    assert len(content.recordings) >= 4
    lengths = [recording.captions["duration_ms"] for recording in content.recordings]
    assert max(lengths) > 4.5 * 60_000
    assert sum(length > 2.5 * 60_000 for length in lengths) >= 3


def test_everybody_and_everything_named_is_there(content: Content) -> None:
    people = {person.key for person in content.people}
    channels = {channel.name for channel in content.channels}
    insights = {insight.key for insight in content.insights}
    recordings = {recording.key for recording in content.recordings}
    for channel in content.channels:
        assert {*channel.stewards, *channel.followers, *channel.members} <= people, channel.name
    for insight in content.insights:
        named = {person for _role, person in insight.credits} | set(insight.helped) | set(insight.did_not_work)
        named |= {person for thanks in insight.thanks for person in (thanks.giver, thanks.to)}
        assert named <= people, insight.key
        assert insight.channel in channels
        assert insight.recording is None or insight.recording in recordings
    members = {channel.name: {*channel.stewards, *channel.members} for channel in content.channels if channel.private}
    for conversation in content.conversations:
        assert conversation.people <= people, conversation.key
        assert conversation.channel in channels
        # Nobody has a say where they cannot read.
        assert conversation.people <= members.get(conversation.channel, people), conversation.key
        assert {said.recording for said in conversation.message} - {None} <= recordings
        assert conversation.picture_path is None or conversation.picture_path.stat().st_size < PICTURE_LIMIT
    for course in content.courses:
        assert {lesson.insight for lesson in course.lessons if lesson.insight} <= insights, course.key
        assert {question.insight for lesson in course.lessons for question in lesson.question} <= insights
    for recording in content.recordings:
        assert recording.owner in people
        assert recording.channel in channels


def test_links_in_bodies_name_what_is_there(content: Content) -> None:
    known = {
        "insight": {insight.key for insight in content.insights},
        "channel": {channel.name for channel in content.channels},
        "person": {person.key for person in content.people},
        "recording": {recording.key for recording in content.recordings},
    }
    links = [(insight.key, *link) for insight in content.insights for link in LINK.findall(insight.body)]
    assert not [link for link in links if link[2] not in known[link[1]]]
    assert sum(kind == "insight" for _key, kind, _name, _said in links) > 40


def test_clips_are_words_that_somebody_says(content: Content) -> None:
    words = {recording.key: recording.captions["words"] for recording in content.recordings}
    clips = [
        (name, *said.split(".."))
        for insight in content.insights
        for kind, name, said in LINK.findall(insight.body)
        if kind == "recording"
    ]
    assert len(clips) >= 25
    for name, first, last in clips:
        start_ms, end_ms = stretch_of(first, last, words[name])
        assert 2_000 < end_ms - start_ms < 60_000, (name, first, last)
    with pytest.raises(ValueError, match="nobody says"):
        stretch_of("bananas in pyjamas", "coming down the stairs", words["battery-log"])


def test_insights_are_worth_reading(content: Content) -> None:
    for insight in content.insights:
        if not insight.published:
            continue
        words = len(insight.body.split())
        assert 120 <= words <= 500, f"{insight.key}: {words} words"
        kinds = Counter(block.kind for block in markdown.blocks(insight.body))
        assert len(kinds) > 1, f"{insight.key} is only paragraphs"
        assert "<!--" not in insight.body
        assert markdown.render(insight.body).parts


def test_questions_can_be_got_right_and_wrong(content: Content) -> None:
    questions = [question for course in content.courses for lesson in course.lessons for question in lesson.question]
    assert len(questions) >= 9
    for question in questions:
        rights = [option.right for option in question.options]
        assert any(rights), question.prompt
        assert not all(rights), question.prompt
        assert all(option.feedback for option in question.options), question.prompt


def test_all_media_are_small_enough_for_the_repository() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert sum(path.stat().st_size for path in files) <= MEDIA_LIMIT


def test_recordings_are_as_long_as_their_captions_say(content: Content) -> None:
    for recording in content.recordings:
        with av.open(str(recording.path)) as opened:
            length_ms = (opened.duration or 0) / 1000
            kinds = {stream.type for stream in opened.streams}
        captions = recording.captions
        assert abs(length_ms - captions["duration_ms"]) < 1_500, recording.key
        assert kinds == ({"audio"} if recording.kind == "voice" else {"audio", "video"}), recording.key
        assert captions["model"]
        assert captions["cues"]
        assert captions["words"][-1]["end_ms"] <= captions["duration_ms"] + 500


def test_each_recording_has_the_script_it_was_made_from(content: Content) -> None:
    for recording in content.recordings:
        script = (FOLDER / "recordings" / f"{recording.key}.script.md").read_text("utf-8")
        heard = {word["text"].strip(" .,?").lower() for word in recording.captions["words"]}
        said = {word.strip(" .,?:#").lower() for word in script.split()}
        assert len(said & heard) > len(said) * 0.6, recording.key


@pytest.mark.parametrize(
    ("text", "expected"),
    [("-1d 09:15", datetime(2026, 5, 13, 9, 15, tzinfo=UTC)), ("0d 23:00", datetime(2026, 5, 14, 11, 59, tzinfo=UTC))],
)
def test_moments_are_relative_and_never_in_the_future(text: str, expected: datetime) -> None:
    assert moment_in(text, datetime(2026, 5, 14, 12, 0, tzinfo=UTC)) == expected


def test_a_bad_moment_is_named() -> None:
    with pytest.raises(ValueError, match="tomorrow"):
        moment_in("tomorrow", datetime(2026, 5, 14, tzinfo=UTC))


def test_every_file_is_used(content: Content) -> None:
    portraits = {path.stem for path in (FOLDER / "portraits").glob("*.webp")}
    assert portraits == {person.key for person in content.people}
    media = {path.name for path in (FOLDER / "recordings").glob("*.webm")}
    assert media == {Path(recording.file).name for recording in content.recordings}
    assert len(tomllib.loads((FOLDER / "learning.toml").read_text("utf-8"))["enrolment"]) == len(content.enrolments)


def test_corrections_mend_what_was_really_misheard(content: Content) -> None:
    for recording in content.recordings:
        heard = " ".join(word["text"] for word in recording.captions["words"])
        script = (FOLDER / "recordings" / f"{recording.key}.script.md").read_text("utf-8")
        for wrong, right in recording.corrections:
            assert wrong in heard, (recording.key, wrong)
            assert wrong not in script, (recording.key, wrong)
            assert right not in heard, (recording.key, right)
        assert len(recording.chapters) in (0, len(recording.captions["chapters"])), recording.key
