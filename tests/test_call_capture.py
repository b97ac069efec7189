"""A stretch of a call, kept as an insight with those who spoke in it; what was said found by who said it."""

import pytest

from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.models import Credit, InsightDraft
from twodesks.insights.operations.start_insight import start_insight
from twodesks.kit.actor import system
from twodesks.people.operations.add_member import add_member
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.take_captions import take_captions
from twodesks.recordings.operations.take_transcript import take_transcript
from twodesks.recordings.tests.test_calls import heard
from twodesks.recordings.tests.test_transcripts import SAMPLES, SPOKEN
from twodesks.search.models import Passage

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(cast: Cast) -> Recording:
    """Bob's recording of a call in which Amara, a member, explains; Daniyar, another one, asks; and Kit is a guest."""
    for name in ("Amara Okafor", "Daniyar Abenov"):
        add_member(actor=system(), name=name, email=f"{name.split()[0].lower()}@example.org")
    channel = create_channel(actor=acting(cast.bob), name="calibration")
    recording = Recording.objects.create(title="Wheel swap", kind="file", owner=cast.bob, channel=channel)
    take_captions(actor=system(), recording_id=recording.pk, capture=heard())
    data = (SAMPLES / "teams.vtt").read_bytes()
    take_transcript(actor=acting(cast.alice), recording_id=recording.pk, data=data, filename="teams.vtt")
    recording.refresh_from_db()
    return recording


def turn(recording: Recording, number: int) -> tuple[int, int]:
    """Where the turn of that number is, in ms."""
    assert recording.captions is not None
    spans: list[tuple[int, int]] = []
    before = None
    for cue in recording.captions.cues:
        if cue["speaker"] == before:
            spans[-1] = (spans[-1][0], cue["end_ms"])
        else:
            spans.append((cue["start_ms"], cue["end_ms"]))
        before = cue["speaker"]
    return spans[number]


def credits(draft: InsightDraft) -> set[tuple[str, str]]:
    return set(Credit.objects.filter(insight=draft.insight_id).values_list("member__name", "role"))


def test_who_speaks_in_the_stretch_explained_and_who_asked_before_asked(cast: Cast, call: Recording) -> None:
    draft = start_insight(actor=acting(cast.alice), recording_id=call.pk, stretch=turn(call, 2))
    assert credits(draft) == {
        ("Amara Okafor", "explained"),
        ("Daniyar Abenov", "asked"),
        ("Alice Asker", "captured"),
    }
    assert "> Do we send the lidar back when it is two degrees off?" in draft.body
    assert "[Amara Okafor, 0:" in draft.body


def test_a_question_inside_the_stretch_was_asked_too(cast: Cast, call: Recording) -> None:
    stretch = (turn(call, 1)[0], turn(call, 2)[1])
    draft = start_insight(actor=acting(cast.alice), recording_id=call.pk, stretch=stretch)
    assert credits(draft) >= {("Amara Okafor", "explained"), ("Daniyar Abenov", "asked")}


def test_a_guest_is_named_but_not_credited(cast: Cast, call: Recording) -> None:
    draft = start_insight(actor=acting(cast.alice), recording_id=call.pk, stretch=turn(call, 4))
    assert credits(draft) == {("Amara Okafor", "explained"), ("Alice Asker", "captured")}
    assert "> How long do I wait? [Kit (Guest), " in draft.body.replace("\\", "")


def test_where_nobody_is_named_whoever_recorded_it_explained(cast: Cast, call: Recording) -> None:
    other = Recording.objects.create(title="Alone", kind="voice", owner=cast.bob, channel=call.channel)
    take_captions(actor=system(), recording_id=other.pk, capture=heard())
    draft = start_insight(actor=acting(cast.alice), recording_id=other.pk, stretch=(2000, 9000))
    assert credits(draft) == {("Bob Explainer", "explained"), ("Alice Asker", "captured")}


def test_words_are_indexed_with_the_name_of_who_says_them(call: Recording) -> None:
    found = " ".join(Passage.objects.filter(kind="recording", source_id=call.pk).values_list("text", flat=True))
    for who, _, words in SPOKEN:
        assert f"{who}: {words[:20]}" in found
