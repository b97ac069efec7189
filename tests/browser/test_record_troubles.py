"""What goes wrong while somebody records: each time nothing is lost, and the page says what to do."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Browser, Page, Playwright, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import spoken_wav
from tests.browser.desk import Desk
from tests.cast import PASSWORD, Cast
from tests.chromium import axe_violations, find_chromium
from twodesks.kit.actor import system
from twodesks.media.models import Upload
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.finish_abandoned import finish_abandoned

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenDesk = Callable[..., Desk]
AT_MOST_LOST_S = 5


def recorded(page: Page) -> str:
    return page.locator(".time").inner_text()


def test_closed_tab_brings_the_recording_back(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    desk.start_voice("Torque")
    desk.wait_recorded(7)
    said = int(recorded(desk.page).partition(":")[2])
    desk.page.close(run_before_unload=False)

    page = desk.page.context.new_page()
    page.goto("/record/")
    found = page.get_by_text(re.compile(r"Your recording of 0:\d\d is here"))
    expect(found).to_be_visible()
    kept = int(re.findall(r"0:(\d\d)", found.inner_text())[0])
    assert said - kept <= AT_MOST_LOST_S
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(re.compile(r"/recordings/\d+/"))
    recording = Recording.objects.get()
    assert recording.ended_at is not None
    assert recording.title == "Torque"
    assert recording.upload is not None
    assert recording.upload.received_bytes > 5_000


def test_lost_network_is_waited_out_and_said(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("Offline")
    desk.wait_recorded(2)
    page.context.set_offline(True)
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text(re.compile(r"The connection dropped at 0:\d\d. Keep talking."))
    expect(alarm).to_contain_text("Your recording is safe in this browser")
    expect(page.get_by_text(re.compile(r"\d+ seconds? waiting to be sent"))).to_be_visible()
    desk.wait_recorded(7)
    page.context.set_offline(False)
    expect(page.get_by_text(re.compile("Safe on the server up to"))).to_be_visible(timeout=35_000)
    expect(alarm).to_have_count(0)
    desk.stop()
    upload = Recording.objects.get().upload
    assert upload is not None
    assert upload.finished_at is not None


def test_browser_that_dies_without_network_still_has_what_was_said(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    desk.start_voice("Both at once")
    desk.wait_recorded(2)
    desk.page.context.set_offline(True)
    desk.wait_recorded(7)
    desk.page.close(run_before_unload=False)
    desk.page.context.set_offline(False)
    page = desk.page.context.new_page()
    page.goto("/record/")
    found = page.get_by_text(re.compile(r"Your recording of 0:0[5-9] is here"))
    expect(found).to_be_visible()
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_url(re.compile(r"/recordings/\d+/"))
    assert (Recording.objects.get().duration_ms or 0) >= 5000


def test_expired_session_is_mended_in_place(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("Signed out")
    desk.wait_recorded(2)
    Session.objects.all().delete()
    expect(page.get_by_role("alert").first).to_contain_text("You were signed out", timeout=15_000)
    page.get_by_role("button", name="Sign in again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill(people.bob.email)
    dialog.get_by_label("Password").fill("not this one")
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(dialog.get_by_role("alert")).not_to_be_empty()
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(re.compile("Safe on the server up to"))).to_be_visible(timeout=15_000)
    desk.wait_recorded(4)
    desk.stop()
    upload = Recording.objects.get().upload
    assert upload is not None
    assert upload.finished_at is not None


def test_signing_in_again_in_another_tab_is_enough(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("Signed in elsewhere")
    desk.wait_recorded(2)
    Session.objects.all().delete()
    expect(page.get_by_role("alert").first).to_contain_text("You were signed out", timeout=15_000)
    other = Desk(page.context.new_page(), people.bob)
    other.sign_in()
    other.page.close()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text(re.compile("Safe on the server up to"))).to_be_visible(timeout=15_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    desk.stop()
    upload = Recording.objects.get().upload
    assert upload is not None
    assert upload.finished_at is not None


def eleven_minutes_pass(recording: Recording) -> None:
    """In which nothing comes from its browser, so that the server ends it."""
    Upload.objects.update(last_piece_at=timezone.now() - timedelta(minutes=11))
    assert finish_abandoned(actor=system()) == 1
    recording.refresh_from_db()
    assert recording.ended_at is not None


def test_what_was_said_while_the_session_was_over_for_long_arrives(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("Signed out for long")
    desk.wait_recorded(3)
    Session.objects.all().delete()
    expect(page.get_by_role("alert").first).to_contain_text("You were signed out", timeout=15_000)
    recording = Recording.objects.get()
    eleven_minutes_pass(recording)
    before = Upload.objects.get().received_bytes
    desk.wait_recorded(8)
    page.get_by_role("button", name="Sign in again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill(people.bob.email)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(re.compile("Safe on the server up to"))).to_be_visible(timeout=15_000)
    expect(page.get_by_role("alert")).to_have_count(0)
    desk.stop()
    recording.refresh_from_db()
    assert recording.ended_at is not None
    assert (recording.duration_ms or 0) >= 8000
    assert Upload.objects.get().received_bytes > before * 2


def test_window_that_takes_a_recording_over_costs_the_first_nothing(open_desk: OpenDesk, people: Cast) -> None:
    first, second = open_desk(people.bob), open_desk(people.bob)
    first.start_voice("Two computers")
    first.wait_recorded(3)
    second.page.goto("/record/")
    expect(second.page.get_by_role("button", name=re.compile("Voice alone"))).to_be_visible()
    # Somebody is speaking into the other one at this moment.
    expect(second.page.get_by_text(re.compile("Your recording of"))).to_have_count(0)
    first.page.context.set_offline(True)
    expect(first.page.get_by_role("alert")).to_contain_text("The connection dropped")
    Upload.objects.update(last_piece_at=timezone.now() - timedelta(minutes=2))
    second.page.reload()
    second.page.get_by_role("button", name="Keep it").click()
    second.page.wait_for_url(re.compile(r"/recordings/\d+/"))
    kept = Upload.objects.get().received_bytes
    assert Recording.objects.get().ended_at is not None
    first.wait_recorded(8)
    first.page.context.set_offline(False)
    expect(first.page.get_by_text(re.compile("Safe on the server up to"))).to_be_visible(timeout=35_000)
    first.stop()
    recording = Recording.objects.get()
    assert (recording.duration_ms or 0) >= 8000
    assert Upload.objects.get().received_bytes > kept


def test_next_member_at_a_shared_browser_sees_nothing_of_it(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    desk.start_voice("Bob’s own")
    desk.wait_recorded(2)
    desk.page.context.set_offline(True)
    desk.wait_recorded(5)
    desk.page.close(run_before_unload=False)
    desk.page.context.set_offline(False)
    found = re.compile("Your recording of")
    for member, is_his in ((people.alice, False), (people.bob, True)):
        Session.objects.all().delete()
        next_one = Desk(desk.page.context.new_page(), member)
        next_one.sign_in()
        with next_one.page.expect_response("**/recordings/unfinished"):
            next_one.page.goto("/record/")
        expect(next_one.page.get_by_role("button", name=re.compile("Voice alone"))).to_be_visible()
        next_one.page.wait_for_load_state("networkidle")
        expect(next_one.page.get_by_text(found)).to_have_count(int(is_his))
        assert next_one.troubles == []


def test_two_tabs_record_each_for_itself(open_desk: OpenDesk, people: Cast) -> None:
    first = open_desk(people.bob)
    first.start_voice("First tab")
    second = Desk(first.page.context.new_page(), people.bob)
    second.page.goto("/record/")
    expect(second.page.get_by_role("button", name=re.compile("Voice alone"))).to_be_visible()
    expect(second.page.get_by_text("is here")).to_have_count(0)
    second.start_voice("Second tab")
    expect(second.page.get_by_text("You are recording in another tab too.")).to_be_visible()
    second.wait_recorded(3)
    assert second.stop() != first.stop()
    assert sorted(Recording.objects.exclude(ended_at=None).values_list("title", flat=True)) == [
        "First tab",
        "Second tab",
    ]


def test_unplugged_microphone_stops_the_clock_and_another_goes_on(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    page.add_init_script(
        """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async wish => (window.microphone = await open(wish));"""
    )
    desk.start_voice("Unplugged")
    desk.wait_recorded(3)
    page.evaluate("window.microphone.getAudioTracks()[0].dispatchEvent(new Event('ended'))")
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text(re.compile(r"Your microphone went away at 0:0\d\.\s*Everything up to there is safe"))
    before = recorded(page)
    page.wait_for_timeout(1500)
    assert recorded(page) == before
    alarm.get_by_label("Microphone").select_option(index=1)
    expect(alarm).to_have_count(0)
    desk.wait_recorded(6)
    desk.stop()
    assert (Recording.objects.get().duration_ms or 0) >= 6000


def test_discarding_asks_first(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    desk.start_voice("Never mind")
    desk.wait_recorded(2)
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    assert Recording.objects.get().discarded_at is None
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(page.get_by_role("button", name=re.compile("Voice alone"))).to_be_visible()
    assert Recording.objects.get().discarded_at is not None


def test_every_state_of_the_record_page_is_accessible(open_desk: OpenDesk, people: Cast) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    page.goto("/record/")
    page.get_by_role("button", name=re.compile("Voice alone")).click()
    expect(page.get_by_role("button", name="Start recording")).to_be_focused()
    assert axe_violations(page) == []
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Start now").press("Enter")
    expect(page.get_by_role("button", name="Stop and keep")).to_be_focused()
    assert axe_violations(page) == []
    page.get_by_role("button", name="Pause").press("Enter")
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert axe_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Discard").press("Enter")
    assert axe_violations(page) == []


@pytest.fixture
def strict_browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium whose owner says no to every device."""
    found = find_chromium()
    own = {"executable_path": found} if found else {}
    args = ["--no-sandbox", "--use-fake-device-for-media-stream", "--deny-permission-prompts"]
    browser = playwright.chromium.launch(args=args, **own)  # type: ignore[arg-type]
    yield browser
    browser.close()


def test_refused_microphone_says_how_to_allow_it(
    strict_browser: Browser, live_server: LiveServer, people: Cast
) -> None:
    page = strict_browser.new_context(base_url=live_server.url, locale="en-GB").new_page()
    desk = Desk(page, people.bob)
    desk.sign_in()
    page.goto("/record/")
    page.get_by_role("button", name=re.compile("Voice alone")).click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The browser may not use your microphone.")
    expect(alert).to_contain_text("Allow the microphone for this page")
    assert not Recording.objects.exists()


def test_wrong_files_are_refused_before_a_byte_is_sent(
    open_desk: OpenDesk, people: Cast, settings: LazySettings, tmp_path: Path
) -> None:
    settings.UPLOAD_MAX_BYTES = 1024**2
    page = open_desk(people.bob).page
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if "/media/uploads" in asked.url else None)
    page.goto("/record/")
    for name, size, said in [
        ("empty.mp4", 0, "is empty"),
        ("long.mp4", 1024**2 + 1, "this server takes up to 1 MB"),
        ("notes.pdf", 10, "does not look like sound or film"),
        ("كلمات 🎤<b>.exe", 10, "does not look like sound or film"),
    ]:
        (tmp_path / name).write_bytes(b"x" * size)
        page.get_by_label("Or bring a file").set_input_files(tmp_path / name)
        expect(page.get_by_role("alert")).to_contain_text(said)
    assert sent == []


def test_file_goes_on_where_a_reload_broke_it_off(open_desk: OpenDesk, people: Cast) -> None:
    page = open_desk(people.bob).page
    page.goto("/record/")
    page.route("**/media/uploads/*", lambda route: route.abort() if held(route.request.headers) else route.continue_())
    wav = spoken_wav()
    page.get_by_label("Or bring a file").set_input_files(wav)
    expect(page.get_by_text("Waiting for the connection")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    # Only now: a last try before the reload would send the rest.
    page.unroute("**/media/uploads/*")
    expect(page.get_by_text(re.compile(r"9\d % of “two_cities.wav” is on the server."))).to_be_visible()
    offsets: list[str] = []
    page.on(
        "request", lambda asked: offsets.append(asked.headers["upload-offset"]) if asked.method == "PATCH" else None
    )
    page.get_by_label("Or bring a file").set_input_files(wav)
    page.wait_for_url(re.compile(r"/recordings/\d+/"))
    assert offsets == [str(4 * 1024**2)]
    recording = Recording.objects.get()
    assert recording.upload is not None
    assert recording.upload.received_bytes == wav.stat().st_size
    assert recording.title == "two cities"


def held(headers: dict[str, str]) -> bool:
    """The second piece never gets through."""
    return headers.get("upload-offset", "0") != "0"
