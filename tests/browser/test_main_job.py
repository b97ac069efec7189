"""The main job, end to end: an explanation is spoken, captioned, kept, found to the second, taught and learnt."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.desk import READY_MS, Desk
from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight

pytestmark = [pytest.mark.browser, pytest.mark.speech, pytest.mark.django_db(transaction=True)]


@pytest.mark.timeout(420)
@pytest.mark.usefixtures("worker")
def test_what_bob_says_once_alice_finds_and_learns(open_desk: Callable[..., Desk], people: Cast) -> None:
    bob = acting(people.bob)
    channel = create_channel(actor=bob, name="dickens", purpose="How books begin.")
    for title in ("Read aloud to find the rhythm", "Begin with a contrast"):
        draft = start_insight(actor=bob)
        publish_insight(
            actor=bob, insight_id=draft.insight_id, title=title, body=f"{title}. It works.", channel_id=channel.pk
        )

    explaining = open_desk(people.bob)
    explaining.start_voice("How the book begins")
    explaining.wait_recorded(14)
    recording_id = explaining.stop()
    page = explaining.page
    transcript = page.locator("td-transcript")
    expect(transcript.get_by_text(re.compile("best of times", re.I)).first).to_be_visible(timeout=READY_MS)

    page.goto(f"/insights/new?recording={recording_id}")
    page.get_by_label("Title").fill("A book that begins with its opposite")
    page.get_by_label("Channel").select_option(label="#dickens")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(re.compile(r"/insights/\d+-"))
    expect(page.get_by_role("heading", level=1)).to_have_text("A book that begins with its opposite")

    asking = open_desk(people.alice)
    found = asking.page
    found.keyboard.press("Control+k")
    found.keyboard.type("age of wisdom age of foolishness")
    first = found.get_by_role("option").filter(has_text=re.compile("wisdom|begins", re.I)).first
    expect(first).to_be_visible(timeout=20_000)
    hit = found.get_by_role("link", name=re.compile(r"\d+:\d\d")).first
    for _ in range(24):  # the last captions may still be on their way
        found.goto("/search/?q=it+was+the+age+of+wisdom")
        if hit.is_visible():
            break
        found.wait_for_timeout(2_500)
    hit.click()
    found.wait_for_url(re.compile(r"/recordings/\d+/.*t="))
    asked = re.search(r"t=([\d.]+)", found.url)
    assert asked
    found.wait_for_function(
        "second => Math.abs((document.querySelector('video, audio')?.currentTime ?? -9) - second) < 1.5",
        arg=float(asked[1]),
        timeout=20_000,
    )

    page.goto("/courses/new/")
    page.get_by_label("Title", exact=True).fill("How books begin")
    page.get_by_label("After it, you can").fill("begin a book")
    for title in ("Begin with a contrast", "A book that begins with its opposite", "Read aloud to find the rhythm"):
        page.get_by_text(title, exact=True).click()
    page.get_by_role("button", name="Open the studio").click()
    page.wait_for_url(re.compile(r"/courses/\d+/studio/"))
    page.get_by_text("Change this section").click()
    page.get_by_role("button", name="Add a quiz here").click()
    page.get_by_label("Question").fill("What does the book begin with?")
    page.get_by_label("Answer 1", exact=True).fill("A contrast")
    page.get_by_label("Answer 2", exact=True).fill("A map")
    page.get_by_label("Answer 1 is right").check()
    page.get_by_role("button", name="Save the question").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url(re.compile(r"/courses/\d+/$"))
    course = page.url

    learner = open_desk(people.erin)
    learning = learner.page
    learning.goto(course)
    learning.get_by_role("button", name=re.compile("Start")).click()
    learning.get_by_role("button", name=re.compile("Done, next lesson")).click()
    learning.goto("/")
    learning.get_by_role("link", name="Carry on").click()
    expect(learning.get_by_text("Lesson 2 of 4")).to_be_visible()
    for _ in range(2):
        learning.get_by_role("button", name=re.compile("Done, next lesson")).click()
    learning.get_by_text("A contrast", exact=True).click()
    learning.get_by_role("button", name="See how it went").click()
    expect(learning.get_by_role("heading", level=1)).to_have_text(re.compile("You passed, with 1 of 1"))
    learning.get_by_role("link", name="See what you completed").click()
    learning.get_by_role("link", name="See it on your page").click()
    expect(learning.get_by_role("link", name="How books begin")).to_be_visible()
    for desk in (explaining, asking, learner):
        assert desk.troubles == []
