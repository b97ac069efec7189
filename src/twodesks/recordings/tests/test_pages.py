"""The pages of recordings: quick, whole without script, and closed to those who may not see."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.kit.actor import system
from twodesks.media.tests import films
from twodesks.recordings.operations.process_recording import process_recording
from twodesks.recordings.operations.run_step import running_step
from twodesks.recordings.operations.take_captions import take_captions
from twodesks.recordings.queries import get_recording
from twodesks.recordings.tests.conftest import Browsers
from twodesks.recordings.tests.test_mending import capture

MOST_QUERIES = 15


@pytest.fixture
def watched(browsers: Browsers, cast: Cast) -> int:
    """A film in an open channel, rendered, captioned and with chapters."""
    channel = create_channel(actor=acting(cast.bob), name="calibration")
    upload_id = browsers.bob.upload(films.film("webm", seconds=9, video="libvpx", live=True), "Swap.webm")
    answer = browsers.bob.post("/recordings/from-upload", upload_id=upload_id, channel_id=channel.pk)
    recording_id = int(answer.json()["recording_id"])
    process_recording(actor=system(), recording_id=recording_id)
    take_captions(actor=system(), recording_id=recording_id, capture=capture())
    for number in range(5):
        browsers.alice.post(
            f"/recordings/{recording_id}/clips", start_ms=number * 1000, end_ms=9000, title=f"C{number}"
        )
    return recording_id


def counted(get: Any, address: str) -> tuple[str, int]:
    get(address)  # what is cached between requests is cached now
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = get(address)
    assert answer.status_code == 200
    return answer.content.decode(), len(queries)


def test_recording_page_is_whole_and_quick(browsers: Browsers, watched: int) -> None:
    page, queries = counted(browsers.alice.get, f"/recordings/{watched}/")
    assert queries <= MOST_QUERIES
    assert "<video" in page
    assert "/video.webm" in page
    assert "Park it on the matt." in page
    assert "The mat" in page


def test_list_of_recordings_is_quick_however_long(browsers: Browsers, watched: int) -> None:
    _, few = counted(browsers.alice.get, "/recordings/")
    for number in range(8):
        started = browsers.alice.start(title=f"Note {number}")
        browsers.alice.send(started["upload_url"], 0, b"sound")
        browsers.alice.post(f"/recordings/{started['recording_id']}/finish")
    page, many = counted(browsers.alice.get, "/recordings/")
    assert many <= few + 1
    assert many <= MOST_QUERIES
    assert "Note 7" in page
    assert "Swap" in page
    assert "Note 7" not in counted(browsers.erin.get, "/recordings/")[0]


def test_every_recording_can_be_reached(browsers: Browsers) -> None:
    for number in range(26):
        started = browsers.alice.start(title=f"Note {number:02}")
        browsers.alice.send(started["upload_url"], 0, b"sound")
        browsers.alice.post(f"/recordings/{started['recording_id']}/finish")
    first, second = (browsers.alice.get(f"/recordings/?page={page}").content.decode() for page in (1, 2))
    assert "?page=2" in first
    assert "Note 25" in first
    assert "Note 01" not in first
    assert "Note 01" in second
    assert "Note 00" in second
    assert "Note 25" not in second
    assert "Note 00" in browsers.alice.get("/recordings/?page=999").content.decode()
    assert "Note" not in browsers.erin.get("/recordings/?page=2").content.decode()


def test_film_plays_from_its_original_until_it_is_rendered(browsers: Browsers) -> None:
    upload_id = browsers.bob.upload(films.film("webm", seconds=3, video="libvpx", live=True), "Swap.webm")
    recording_id = browsers.bob.post("/recordings/from-upload", upload_id=upload_id).json()["recording_id"]
    with running_step(get_recording(system(), recording_id), "render") as step:
        assert step is not None
        step.fail("The disk was full.")
    process_recording(actor=system(), recording_id=recording_id)
    page, _ = counted(browsers.bob.get, f"/recordings/{recording_id}/")
    assert "Swap.webm" in page.split("<video")[1]
    assert "The disk was full." in page


def test_pages_are_closed_to_others(browsers: Browsers, watched: int) -> None:
    browsers.bob.patch(f"/recordings/{watched}", channel_id=None)
    assert browsers.alice.get(f"/recordings/{watched}/").status_code == 404
    assert "Swap" not in browsers.alice.get("/recordings/").content.decode()
    browsers.alice.client.logout()
    assert browsers.alice.get(f"/recordings/{watched}/").status_code == 302
