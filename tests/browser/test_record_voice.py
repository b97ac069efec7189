"""The first half of the main job: somebody talks, sees the words, mends one, and cuts a clip."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import READY_MS, Desk
from tests.cast import Cast
from tests.chromium import axe_violations
from twodesks.recordings.models import Recording

NOW = "document.querySelector('td-player :is(video, audio)').currentTime"
PAUSED = "document.querySelector('td-player :is(video, audio)').paused"

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
    assert page.request.get(f"/recordings/{recording_id}/transcript").json()["captions"]["version"] == 2
    page.get_by_role("button", name="Undo the last change").click()
    expect(transcript.locator(".w", has_text="finest")).to_have_count(0)
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
    row.get_by_role("button", name=re.compile("^Remove")).click()
    expect(row).to_have_count(0)
    assert not Recording.objects.get(pk=recording_id).clips.exists()

    desk.wait_playable()
    page.goto(f"/recordings/{recording_id}/#t=2,4.5")
    page.wait_for_selector("td-player .knob")
    expect(page.locator(".selr")).to_be_visible()
    page.wait_for_function(f"() => Math.abs({NOW} - 2) < 0.3")
    page.locator("main").focus()
    page.keyboard.press("k")
    page.wait_for_function(f"() => {NOW} > 3")
    expect(page.locator(".player .caption")).to_be_visible()
    page.wait_for_function(f"() => {PAUSED} && {NOW} > 4.3 && {NOW} < 5.2")
    page.keyboard.press("j")
    page.wait_for_function(f"() => {NOW} < 0.5")
    page.keyboard.press("5")
    page.wait_for_function(f"() => {NOW} > 5")
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0 seconds of \d+ seconds"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe_violations(page) == []
    assert desk.troubles == []
