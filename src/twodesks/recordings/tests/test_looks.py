"""The pages of recordings: what is on them, for whom, and at what cost."""

import json
import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.cast import Cast
from twodesks.channels.models import Channel
from twodesks.people.models import Member
from twodesks.recordings.models import CaptionTrack, Clip, ProcessingStep, Recording

pytestmark = pytest.mark.django_db
QUERIES = 15
TITLE = "Torque <script>alert(1)</script> كلمات 🔧"


def at_desk(member: Member) -> Client:
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def recording(cast: Cast) -> Recording:
    channel = Channel.objects.create(name="field", slug="field", purpose="Robots", created_by=cast.bob)
    made = Recording.objects.create(
        title=TITLE, kind="voice", owner=cast.bob, channel=channel, duration_ms=9000, ended_at=timezone.now()
    )
    cues = [{"start_ms": 1500, "end_ms": 4000, "text": "Then the three </script> bolts."}]
    words = [{"start_ms": 1500, "end_ms": 1700, "text": "Then", "probability": 0.3}]
    first = CaptionTrack.objects.create(recording=made, kind="captions", version=1, cues=cues, words=words)
    made.captions = CaptionTrack.objects.create(
        recording=made, kind="captions", version=2, cues=cues, words=words, based_on=first, made_by=cast.alice
    )
    made.chapters = CaptionTrack.objects.create(
        recording=made, kind="chapters", version=1, cues=[{"start_ms": 0, "end_ms": 9000, "text": "Bolts"}]
    )
    made.key_points = [{"start_ms": 1500, "end_ms": 4000, "text": "Three bolts."}]
    made.save()
    Clip.objects.create(recording=made, start_ms=1500, end_ms=4000, title="Bolts alone", made_by=cast.alice)
    ProcessingStep.objects.create(recording=made, name="caption", finished_at=timezone.now())
    return made


def test_page_is_readable_without_script_and_leads_to_seconds(cast: Cast, recording: Recording) -> None:
    html = at_desk(cast.erin).get(f"/recordings/{recording.pk}/").content.decode()
    for words in ("Then the three &lt;/script&gt; bolts.", "?t=1.5", "Three bolts.", "Bolts alone", "mended by Alice"):
        assert words in html
    assert "<script>alert" not in html


def test_page_tells_its_script_what_it_needs(cast: Cast, recording: Recording) -> None:
    html = at_desk(cast.alice).get(f"/recordings/{recording.pk}/").content.decode()
    found = re.search(r'<script id="recording-data" type="application/json">(.*?)</script>', html, re.S)
    assert found
    data = json.loads(found[1])
    assert data["captions"]["version"] == 2
    assert data["captions"]["words"][0]["probability"] == 0.3
    assert (data["can_undo"], data["can_redo"]) == (True, False)
    assert [clip["is_mine"] for clip in data["clips"]] == [True]


def test_only_its_owner_is_offered_to_change_or_discard_it(cast: Cast, recording: Recording) -> None:
    address = f"/recordings/{recording.pk}/"
    assert "Discard this recording?" in at_desk(cast.bob).get(address).content.decode()
    assert "Discard this recording?" not in at_desk(cast.erin).get(address).content.decode()


def test_private_recording_is_nowhere_for_others(cast: Cast, recording: Recording) -> None:
    recording.channel = None
    recording.save()
    erin = at_desk(cast.erin)
    for address in ("", "media", "transcript"):
        assert erin.get(f"/recordings/{recording.pk}/{address}").status_code == 404
    assert "Torque" not in erin.get("/recordings/").content.decode()
    assert "Torque" in at_desk(cast.bob).get("/recordings/").content.decode()


def test_pages_stay_within_their_queries(
    cast: Cast, recording: Recording, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = at_desk(cast.bob)
    for address in (f"/recordings/{recording.pk}/", "/recordings/", "/record/"):
        with django_assert_max_num_queries(QUERIES):
            assert client.get(address).status_code == 200


@pytest.mark.parametrize("asked", ["", "x", "-1", "9" * 40, "٣"])
def test_record_page_takes_what_the_address_says_for_words_only(cast: Cast, asked: str) -> None:
    html = at_desk(cast.alice).get("/record/", {"channel": asked, "title": '"><b>' + "x" * 5000}).content.decode()
    assert '"><b>' not in html
    assert "x" * 201 not in html
