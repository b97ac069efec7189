"""Insights in a real browser: written by keyboard, with pictures and clips; saved by themselves; judged."""

import base64
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.sessions.models import Session
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.cast import Cast, acting
from tests.chromium import assert_accessible
from twodesks.channels.models import Channel
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.models import Credit, Insight, InsightDraft
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.revise_insight import revise_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.recordings.models import CaptionTrack, Recording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]
BODY = "Park the robot on the mat. Let it cool for ten minutes.\n\nThen calibrate."


@dataclass(frozen=True)
class Place:
    cast: Cast
    field: Channel
    kept: Insight
    recording: Recording


@pytest.fixture
def place(people: Cast) -> Place:
    bob = acting(people.bob)
    field = create_channel(actor=bob, name="field")
    draft = start_insight(actor=bob, title="Cool it first", body=BODY)
    kept = publish_insight(
        actor=bob, insight_id=draft.insight_id, title="Cool it first", body=BODY, topics=["Lidar"], channel_id=field.pk
    )
    said = ["Park the robot on the mat.", "Let it cool for ten minutes.", "Then torque the bolts.", "Now calibrate."]
    cues = [{"start_ms": n * 10_000, "end_ms": (n + 1) * 10_000, "text": words} for n, words in enumerate(said)]
    recording = Recording.objects.create(
        owner=people.bob,
        channel=field,
        kind="voice",
        title="How I calibrate",
        duration_ms=40_000,
        topics=["Calibration"],
        key_points=[{"start_ms": 10_000, "end_ms": 20_000, "text": "Ten minutes, no less."}],
    )
    recording.captions = CaptionTrack.objects.create(recording=recording, kind="captions", version=1, cues=cues)
    recording.save()
    return Place(people, field, kept, recording)


def writing(page: Page) -> Page:
    """Waits until the editor stands in the place of the plain field."""
    expect(page.locator("td-editor[data-ready]")).to_be_attached()
    return page


def text_of(page: Page) -> str:
    return page.locator("#insight-text").inner_text()


def is_saved(page: Page) -> None:
    expect(page.locator(".saved[data-save-state]")).to_contain_text("Saved", timeout=15_000)


def to_the_end(page: Page) -> None:
    page.get_by_role("textbox", name="Body").focus()
    # The editor puts its own selection into the page a moment after it gets the focus.
    page.wait_for_timeout(150)
    page.keyboard.press("Control+End")


def put_in(page: Page, name: str) -> None:
    page.keyboard.type("/")
    expect(page.get_by_role("listbox", name="Put in")).to_be_visible()
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("listbox", name="Put in")).to_be_hidden()


def paste_picture(page: Page, name: str = "mat.png", content: bytes | None = None, kind: str = "image/png") -> None:
    if content is None:
        drawn = io.BytesIO()
        Image.new("RGB", (320, 200), "teal").save(drawn, "PNG")
        content = drawn.getvalue()
    page.evaluate(
        """([name, kind, content]) => {
          const data = new DataTransfer();
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          data.items.add(new File([bytes], name, { type: kind }));
          const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
          document.querySelector('#insight-text').dispatchEvent(event);
        }""",
        [name, kind, base64.b64encode(content).decode()],
    )


def test_signing_in_again_in_another_tab_lets_saving_go_on(place: Place, open_desk: Callable[..., Desk]) -> None:
    page = open_desk(place.cast.bob).page
    page.goto(f"/insights/{place.kept.pk}/edit/")
    to_the_end(writing(page))
    page.keyboard.type(" Then rest.")
    is_saved(page)
    Session.objects.all().delete()
    other = Desk(page.context.new_page(), place.cast.bob)
    other.sign_in()
    other.page.close()
    # The session is a new one, and so is the token that changes must carry; this page still has the old one.
    page.keyboard.type(" And smile.")
    expect(page.locator(".saved[data-save-state]")).to_have_text(re.compile("Saving|Not saved"))
    is_saved(page)
    assert InsightDraft.objects.get().body.endswith("Then rest. And smile.")
    page.get_by_role("button", name="Keep it").first.click()
    expect(page.locator("body")).to_contain_text("Then calibrate. Then rest. And smile.")
    expect(page.get_by_text("Kept.", exact=True)).to_be_visible()


def test_what_the_other_window_wrote_survives_typing_during_a_save(
    place: Place, open_desk: Callable[..., Desk]
) -> None:
    first = open_desk(place.cast.bob).page
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/insights/{place.kept.pk}/edit/")
        writing(page)
    to_the_end(second)
    second.keyboard.press("Enter")
    second.keyboard.type("From the second window.")
    is_saved(second)
    first.evaluate(
        """() => {
          const send = window.fetch;
          window.fetch = async (...wish) => {
            const answer = await send(...wish);
            if (answer.url.endsWith('/edit/')) await new Promise((go) => setTimeout(go, 3000));
            return answer;
          };
        }"""
    )
    first.get_by_role("textbox", name="Body").focus()
    first.wait_for_timeout(150)
    first.keyboard.press("Control+Home")
    first.keyboard.type("First. ")
    expect(first.locator(".saved[data-save-state]")).to_have_text("Saving")
    first.keyboard.type("Really. ")
    for words in ("First. Really. Park", "From the second window."):
        expect(first.locator("#insight-text")).to_contain_text(words, timeout=20_000)
    expect(first.get_by_text("Your other window’s changes are in here now.")).to_be_visible()
    expect(first.locator(".saved[data-save-state]")).to_contain_text("Saved", timeout=15_000)
    body = InsightDraft.objects.get().body
    assert body.startswith("First. Really. Park")
    assert body.endswith("From the second window.")


def test_insight_is_written_and_kept_by_keyboard_alone(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/new/?recording={place.recording.pk}"))
    assert_accessible(page)
    expect(page.get_by_label("Title")).to_have_value("How I calibrate")
    page.get_by_label("Title").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("Calibrate on the mat")
    to_the_end(page)
    page.keyboard.press("Enter")
    put_in(page, "head")
    page.keyboard.type("Before you start")
    page.keyboard.press("Enter")
    page.keyboard.type("Cool the ")
    page.keyboard.press("Control+b")
    page.keyboard.type("motor")
    page.keyboard.press("Control+b")
    page.keyboard.type(" first.")
    page.keyboard.press("Enter")
    put_in(page, "care")
    page.keyboard.type("It is hot.")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    put_in(page, "table")
    for word in ("Mat", "Residual", "Note", "Flat | clean", "0.12"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    assert_accessible(page)
    page.keyboard.press("Control+End")
    paste_picture(page)
    expect(page.locator("#insight-text img:not(.ProseMirror-separator)")).to_have_attribute(
        "src", re.compile(r"/insights/\d+/attachments/\d+")
    )
    # The toolbar, by Alt F10 and the arrows; then lines of the recording as a clip.
    page.keyboard.press("Control+End")
    page.keyboard.press("Alt+F10")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Clip", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_role("button", name="Put in, 20 s")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Put in, 20 s")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#insight-text figure.clip")).to_have_count(2)
    page.get_by_label("Channel").select_option(label="#field")
    is_saved(page)
    page.get_by_role("button", name="Keep it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/insights/\d+-calibrate-on-the-mat/"))
    assert_accessible(page)
    kept = Insight.objects.get(title="Calibrate on the mat")
    assert "## Before you start\n\nCool the **motor** first." in kept.body
    assert "> [!careful]\n> It is hot." in kept.body
    assert "| Mat | Residual | Note |\n| --- | --- | --- |\n| Flat \\| clean | 0.12 |" in kept.body
    assert re.search(r"!\[mat\]\(/insights/\d+/attachments/\d+\)", kept.body)
    assert f"(recording:{place.recording.pk}#t=10,30)" in kept.body
    assert f'Ten minutes, no less. [Bob, 0:10](recording:{place.recording.pk}#t=10,20 "source")' in kept.body
    assert kept.topics == ["Calibration"]
    assert set(kept.credits.values_list("member__name", "role")) == {
        ("Bob Explainer", Credit.Role.EXPLAINED),
        ("Alice Asker", Credit.Role.CAPTURED),
    }
    expect(page.locator("article table td").first).to_have_text("Flat | clean")
    expect(page.locator("article figure.clip")).to_have_count(2)
    picture = page.locator("article img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 320)


def test_words_of_the_recording_come_in_with_their_second(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/?recording={place.recording.pk}"))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+End")
    page.get_by_role("button", name=re.compile("Then torque the bolts")).click()
    page.get_by_role("button", name="As words").click()
    expect(page.locator("#insight-text a.src")).to_have_text("Bob, 0:20")
    is_saved(page)
    draft = InsightDraft.objects.get(insight=place.kept)
    assert f'Then torque the bolts. [Bob, 0:20](recording:{place.recording.pk}#t=20,30 "source")' in draft.body


def test_what_is_no_picture_says_why_and_leaves_the_text(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/"))
    page.get_by_role("textbox", name="Body").click()
    before = text_of(page)
    paste_picture(page, "notes.pdf", b"%PDF", "application/pdf")
    expect(page.get_by_role("alert")).to_contain_text("“notes.pdf” is not a picture we can show.")
    paste_picture(page, "broken.png", b"no picture at all")
    expect(page.get_by_role("alert")).to_contain_text("This is not a picture we can read.")
    assert text_of(page) == before
    assert_accessible(page)


def test_new_draft_saves_itself_and_is_there_again(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, "/insights/new/"))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.type("The first words.")
    is_saved(page)
    expect(page).to_have_url(re.compile(r"/insights/\d+/edit/"))
    page.keyboard.type(" And more.")
    expect(page.locator(".saved[data-save-state]")).to_have_text("Not saved yet")
    is_saved(page)
    page.reload()
    writing(page)
    assert text_of(page).strip() == "The first words. And more."
    assert InsightDraft.objects.get(member=place.cast.alice).version >= 2


def test_lost_network_keeps_the_words_here_and_sends_them_later(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/"))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+End")
    page.context.set_offline(True)
    page.keyboard.type(" Written without a network.")
    expect(page.locator(".saved[data-save-state]")).to_have_text("Offline. Kept in this browser", timeout=8_000)
    page.context.set_offline(False)
    is_saved(page)
    assert "Written without a network." in InsightDraft.objects.get(insight=place.kept).body


def test_words_of_a_closed_tab_are_offered_again(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/"))
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Nobody has this yet.")
    expect(page.locator(".saved[data-save-state]")).to_have_text("Offline. Kept in this browser", timeout=8_000)
    page.close(run_before_unload=False)
    again = page.context.new_page()
    page.context.set_offline(False)
    again.goto(f"/insights/{place.kept.pk}/edit/")
    writing(again)
    assert "Nobody has this yet." not in text_of(again)
    assert_accessible(again)
    again.get_by_role("button", name="Use them").click()
    assert "Nobody has this yet." in text_of(again)
    is_saved(again)
    assert "Nobody has this yet." in InsightDraft.objects.get(insight=place.kept).body


def test_two_windows_of_one_member_notice_each_other(place: Place, open_as: Open) -> None:
    address = f"/insights/{place.kept.pk}/edit/"
    one = writing(open_as(place.cast.alice, address))
    other = one.context.new_page()
    other.goto(address)
    writing(other)
    for page, words in ((one, " From the first."), (other, " From the second.")):
        page.get_by_role("textbox", name="Body").click()
        page.keyboard.press("Control+End")
        page.keyboard.type(words)
        if page is one:
            is_saved(one)
    expect(other.get_by_role("alert")).to_contain_text("You wrote this in another window as well", timeout=10_000)
    assert_accessible(other)
    assert "From the first." in InsightDraft.objects.get(insight=place.kept).body
    assert "From the second." in text_of(other)
    other.get_by_role("button", name="Take the other").click()
    assert "From the first." in text_of(other)
    is_saved(other)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_two_people_at_one_sentence_see_both_and_settle_it(place: Place, open_as: Open, theme: str) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/", theme=theme))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("Park the robot on the mat. Let it cool for twelve minutes.")
    page.keyboard.press("Enter")
    page.keyboard.type("Then calibrate.")
    revise_insight(
        actor=acting(place.cast.bob),
        insight_id=place.kept.pk,
        base=1,
        title="Cool it first",
        body=BODY.replace("ten minutes", "a quarter of an hour").replace("Then calibrate.", "Then calibrate twice."),
    )
    page.keyboard.type(" ")
    expect(page.get_by_role("status").filter(has_text="Bob kept revision 2")).to_be_visible(timeout=15_000)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("group", name="Place 1")).to_contain_text("twelve minutes")
    expect(page.get_by_role("group", name="Place 1")).to_contain_text("a quarter of an hour")
    expect(page.locator(".settled", has_text="Then calibrate twice.")).to_be_visible()
    page.get_by_label("Write a third").check()
    assert_accessible(page)
    page.get_by_label("A third version").fill("Let it cool for a good while.")
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(re.compile(r"/insights/\d+-cool-it-first/"))
    place.kept.refresh_from_db()
    assert place.kept.body == "Park the robot on the mat. Let it cool for a good while.\n\nThen calibrate twice."


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_editor_is_accessible_and_fits_with_everything_open(
    place: Place, open_as: Open, theme: str, width: int
) -> None:
    page = writing(
        open_as(place.cast.alice, f"/insights/new/?recording={place.recording.pk}", theme=theme, width=width)
    )
    to_the_end(page)
    page.keyboard.press("Enter")
    put_in(page, "table")
    for word in ("Mat", "Residual", "Note"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("/")
    expect(page.get_by_role("listbox", name="Put in")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Put in")).to_be_hidden()


def test_preview_shows_the_page_to_come(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/"))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    put_in(page, "steps")
    page.keyboard.type("Drive a lap")
    page.get_by_role("button", name="Preview").click()
    preview = page.get_by_role("dialog", name="Preview")
    expect(preview.locator("ol li")).to_have_text("Drive a lap")
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()


def test_link_is_set_and_taken_away_by_keyboard(place: Place, open_as: Open) -> None:
    page = writing(open_as(place.cast.alice, f"/insights/{place.kept.pk}/edit/"))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+Shift+L")
    page.keyboard.type("example.org/mat")
    page.keyboard.press("Enter")
    expect(page.locator("#insight-text a").first).to_have_attribute("href", "https://example.org/mat")
    page.keyboard.press("Control+Shift+L")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(page.locator("#insight-text a")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_reader_says_whether_it_helped_and_thanks(place: Place, open_as: Open, theme: str) -> None:
    page = open_as(place.cast.alice, f"/insights/{place.kept.pk}-cool-it-first/", theme=theme)
    page.get_by_role("button", name="This helped me").click()
    expect(page.get_by_role("heading", name="It helped you")).to_be_visible()
    expect(page.locator("#helped")).to_contain_text("Helped 1 person.")
    page.get_by_text("This didn’t work").click()
    page.get_by_label("What happened instead?").fill("The mat was wet.")
    assert_accessible(page)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#helped")).to_contain_text("It did not work for 1. You said: “The mat was wet.”")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("heading", name="Did it work for you?")).to_be_visible()
    page.get_by_label("Thank Bob").fill("Saved my morning.")
    page.get_by_role("button", name="Say thanks").click()
    expect(page.locator("#thanks")).to_contain_text("Saved my morning.")
    assert_accessible(page)
