"""Recordings with a picture: made with camera and screen, watched, their captions cut and moved by keyboard."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.cast import Cast
from tests.chromium import assert_accessible
from twodesks.kit.actor import system
from twodesks.media.models import MediaFile
from twodesks.media.tests import films
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.recordings.operations.process_recording import process_recording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAID = ["Park it on the mat.", "Let it cool for ten minutes.", "Now calibrate."]


@pytest.fixture(autouse=True)
def own_folders(settings: LazySettings, tmp_path: Path) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(("way", "kind"), [("Camera", "camera"), ("Screen and voice", "screen")])
def test_picture_is_recorded_and_can_be_watched(
    way: str, kind: str, open_desk: Callable[..., Desk], people: Cast
) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    page.goto("/record/")
    page.get_by_role("button", name=re.compile(way)).click()
    preview = page.get_by_label("What is being recorded")
    page.wait_for_function("() => document.querySelector('video.preview')?.videoWidth > 0")
    assert_accessible(page)
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_role("timer")).to_be_visible()
    counting, seen = page.get_by_role("timer").bounding_box(), preview.bounding_box()
    assert counting
    assert seen
    middle = counting["y"] + counting["height"] / 2
    assert seen["y"] < middle < seen["y"] + seen["height"]
    page.get_by_role("button", name="Start now").click()
    desk.wait_recorded(2)
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("Go on|Resume|Carry on")).click()
    desk.wait_recorded(4)
    recording_id = desk.stop()
    recording = Recording.objects.get(pk=recording_id)
    assert recording.kind == kind
    process_recording(actor=system(), recording_id=recording_id)
    page.reload()
    desk.wait_playable()
    page.wait_for_function("() => document.querySelector('td-player video').videoWidth > 0")
    assert page.evaluate("document.querySelector('td-player video').duration") > 2
    assert desk.troubles == []


@pytest.fixture
def film(people: Cast) -> Recording:
    content = films.film("webm", seconds=9, video="libvpx", live=True)
    file = MediaFile.objects.create(
        owner_id=people.bob.pk,
        storage_name=default_storage.save("originals/mat.webm", ContentFile(content)),
        filename="mat.webm",
        content_type="video/webm",
        total_bytes=len(content),
    )
    cues = [{"start_ms": n * 3000, "end_ms": n * 3000 + 2000, "text": text} for n, text in enumerate(SAID)]
    recording = Recording.objects.create(
        owner=people.bob, kind="file", title="The mat", duration_ms=9000, ended_at=timezone.now(), media_file=file
    )
    recording.captions = CaptionTrack.objects.create(recording=recording, kind="captions", version=1, cues=cues)
    recording.save()
    return recording


def test_captions_are_split_joined_and_moved_by_keyboard(
    open_as: Callable[..., Page], people: Cast, film: Recording
) -> None:
    page = open_as(people.bob, f"/recordings/{film.pk}/")
    page.locator(".w", has_text="cool").click()
    more = page.get_by_role("button", name=re.compile("^Change this line"))
    more.nth(1).focus()
    page.keyboard.press("Enter")
    tools = page.get_by_role("group", name="Change this line")
    expect(tools.get_by_role("button", name="Split before “cool”")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator("td-transcript .cue")).to_have_count(4)
    # The line that is new is there a moment before its words.
    expect(page.locator("td-transcript .cue .words")).to_have_text(
        [SAID[0], "Let it", "cool for ten minutes.", *SAID[2:]]
    )
    expect(more.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    tools.get_by_role("button", name="Merge with the next").press("Enter")
    expect(page.locator("td-transcript .cue")).to_have_count(3)
    expect(page.locator("td-transcript .cue .words")).to_have_text(SAID)
    expect(more.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    end = tools.get_by_label("To", exact=True)
    end.fill("soon")
    end.press("Enter")
    expect(tools.get_by_role("alert")).to_have_text("Write a time like 4:12.5.")
    end.fill("0:05.5")
    end.press("Tab")
    tools.get_by_role("button", name="Save the times").press("Enter")
    expect(tools).to_be_hidden()
    assert "00:00:03.000 --> 00:00:05.500" in page.request.get(f"/recordings/{film.pk}/captions.vtt").text()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    assert "00:00:03.000 --> 00:00:05.000" in page.request.get(f"/recordings/{film.pk}/captions.vtt").text()


def test_captions_come_along_into_picture_in_picture(
    open_as: Callable[..., Page], people: Cast, film: Recording
) -> None:
    page = open_as(people.bob, f"/recordings/{film.pk}/")
    page.wait_for_function("() => document.querySelector('td-player video').readyState >= 1")
    modes = "[...document.querySelector('td-player video').textTracks].map(track => track.mode).join()"
    page.wait_for_function(f"() => {modes} === 'disabled'")
    button = page.get_by_role("button", name="Picture in picture")
    button.click()
    page.wait_for_function("() => document.pictureInPictureElement !== null")
    page.wait_for_function(f"() => {modes} === 'showing'")
    button.click()
    page.wait_for_function("() => document.pictureInPictureElement === null")
    page.wait_for_function(f"() => {modes} === 'disabled'")


def test_page_that_waits_says_what_came_of_it(open_desk: Callable[..., Desk], people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    page.goto("/record/")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "notes.mp4", "mimeType": "video/mp4", "buffer": b"These are notes, and no film. " * 100}
    )
    page.wait_for_url(re.compile(r"/recordings/\d+/"))
    expect(page.get_by_text("You can leave this page; it goes on.")).to_be_visible()
    process_recording(actor=system(), recording_id=Recording.objects.get().pk)
    expect(page.get_by_text("This file is not a recording that can be played. It is kept as it came.")).to_be_visible()
    expect(page.locator("td-player")).to_have_count(0)
    expect(page.get_by_text("There are no words to show.")).to_be_visible()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("link", name="Original As it came")).to_be_visible()
