"""The first half of the main job: somebody talks, sees the words, mends one, and cuts a clip."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import READY_MS, Desk
from tests.cast import Cast
from twodesks.recordings.models import Recording

pytestmark = [pytest.mark.browser, pytest.mark.speech, pytest.mark.django_db(transaction=True)]


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("worker")
def test_what_bob_says_gets_captions_that_he_mends_and_clips(open_desk: Callable[..., Desk], people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("How the book begins")

    live = page.get_by_role("region", name="Live captions")
    expect(live.get_by_text(re.compile("times", re.I)).first).to_be_visible(timeout=READY_MS)
    desk.wait_recorded(12)
    expect(page.get_by_text(re.compile(r"Safe on the server up to 0:\d\d"))).to_be_visible()
    recording_id = desk.stop()

    desk.wait_captioned()
    transcript = page.locator("td-transcript")
    expect(transcript.get_by_text(re.compile("best of times", re.I)).first).to_be_visible()

    word = desk.word("best")
    before = word.evaluate("word => word.closest('.words').textContent")
    desk.mend("best", "finest")
    expect(transcript.locator(".w", has_text="finest")).to_have_count(1)
    assert Recording.objects.get(pk=recording_id).captions.version == 2
    page.get_by_role("button", name="Undo the last change").click()
    expect(desk.word("best")).to_be_visible()
    assert desk.word("best").evaluate("word => word.closest('.words').textContent") == before
    page.get_by_role("button", name="Redo").click()
    expect(transcript.locator(".w", has_text="finest")).to_have_count(1)
    assert "finest" in page.request.get(f"/recordings/{recording_id}/captions.vtt").text()

    desk.clip_from("finest", words=6)
    page.get_by_role("tab", name=re.compile("Clips")).click()
    row = page.locator("td-clip-list .clip-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("finest")
    clip = Recording.objects.get(pk=recording_id).clips.get()
    assert clip.made_by == people.bob
    assert clip.end_ms > clip.start_ms
    assert desk.troubles == []
