"""Conversations in a real browser: two members live, a connection that is lost, a voice note made in place."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.desk import READY_MS, Desk
from tests.cast import Cast, acting
from tests.chromium import axe_violations, sign_in
from twodesks.channels.operations.create_channel import create_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.people.models import Member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ARRIVES_MS = 10_000


@dataclass
class Server:
    """The whole front with its live events, in a process of its own, which can be stopped and started again."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        database = connections["default"].settings_dict
        address = "postgresql:///{NAME}?host={HOST}&port={PORT}&user={USER}&password={PASSWORD}".format(**database)
        environment = os.environ | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "twodesks.project.settings"}
        command = [sys.executable, "-m", "twodesks", "web", "--port", str(self.port), "--workers", "1"]
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                urlopen(f"{self.url}/healthz", timeout=1).close()
                return
            except (URLError, OSError):
                time.sleep(0.1)
        pytest.fail("the server did not start")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


@pytest.fixture
def server(people: Cast) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Server(port)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def opened(browser: Browser, server: Server) -> Iterator[Callable[[Member, str], Page]]:
    """`opened(cast.bob, "/conversations/1/")`: that page, in a window of the member's own."""
    contexts: list[BrowserContext] = []

    def open_page(member: Member, path: str) -> Page:
        context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
        contexts.append(context)
        sign_in(context, member, server.url)
        page = context.new_page()
        page.goto(path)
        page.evaluate(
            "document.querySelector('td-composer') && customElements.whenDefined('td-composer').then(() => true)"
        )
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def question(people: Cast) -> Conversation:
    channel = create_channel(actor=acting(people.bob), name="platform", purpose="Deploys.")
    return start_conversation(
        actor=acting(people.alice),
        channel_id=channel.pk,
        title="Why does the deploy hang?",
        body="Nothing in the logs.",
    )


def row(page: Page, message: Message) -> Locator:
    return page.locator(f'[data-message="{message.pk}"][data-place]')


def write(page: Page, words: str) -> None:
    area = page.get_by_label("Add to this conversation")
    area.click()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")


def test_two_members_read_along_while_the_other_writes(
    people: Cast, question: Conversation, opened: Callable[[Member, str], Page]
) -> None:
    alice, bob = (opened(member, f"/conversations/{question.pk}/") for member in (people.alice, people.bob))
    area = bob.get_by_label("Add to this conversation")
    area.click()
    bob.keyboard.type("It waits for a ")
    expect(alice.locator("[data-typing]")).to_contain_text("Bob is writing", timeout=ARRIVES_MS)
    bob.keyboard.type("lock.")
    bob.keyboard.press("Control+Enter")
    mine = alice.locator("#messages > [data-message]")
    expect(mine).to_have_count(1, timeout=ARRIVES_MS)
    expect(mine).to_contain_text("It waits for a lock.")
    expect(alice.locator("[data-typing]")).to_be_hidden()
    expect(alice.locator("#answers")).to_contain_text("1 answer")
    expect(alice.locator("[data-said]")).to_contain_text("Bob Explainer: It waits for a lock.")
    # Bob has the page open, so his face has a dot on Alice's.
    expect(mine.locator(".av-here")).to_have_count(1)
    expect(area).to_have_value("")

    bob.get_by_role("link", name="More to do with this message").click()
    bob.get_by_role("link", name="Edit").click()
    bob.get_by_label("Your words").fill("It waits for two locks.")
    bob.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("It waits for two locks.", timeout=ARRIVES_MS)
    expect(mine).to_contain_text("edited")

    alice.get_by_role("button", name="That answers it").click()
    expect(bob.locator("[data-accepted] > [data-message]")).to_contain_text("Accepted by Alice", timeout=ARRIVES_MS)
    expect(bob.locator("#messages > [data-message]")).to_have_count(0)
    assert axe_violations(bob) == []


def test_after_a_lost_connection_nothing_is_missing_and_nothing_doubled(
    people: Cast, question: Conversation, server: Server, opened: Callable[[Member, str], Page]
) -> None:
    bob = acting(people.bob)

    def said(words: str) -> Message:
        return post_message(actor=bob, conversation_id=question.pk, body=words)

    before = said("One.")
    going = said("This goes.")
    alice = opened(people.alice, f"/conversations/{question.pk}/")
    expect(row(alice, before)).to_be_visible()
    alice.get_by_label("Add to this conversation").fill("Half a thought")
    server.stop()
    missed = [said(f"Missed {number}.") for number in range(3)]
    edit_message(actor=bob, message_id=before.pk, body="One, changed.")
    remove_message(actor=bob, message_id=going.pk)
    # What somebody sends meanwhile is kept, and arrives once.
    alice.keyboard.press("Control+Enter")
    expect(alice.locator("p[data-trouble]")).to_contain_text("It goes by itself")
    server.start()
    for message in missed:
        expect(row(alice, message)).to_have_count(1, timeout=40_000)
    expect(row(alice, before)).to_contain_text("One, changed.", timeout=ARRIVES_MS)
    expect(row(alice, going)).to_contain_text("removed a message here", timeout=ARRIVES_MS)
    mine = alice.locator("#messages > [data-message]", has_text="Half a thought")
    expect(mine).to_have_count(1, timeout=40_000)
    later = said("And on it goes.")
    expect(row(alice, later)).to_have_count(1, timeout=40_000)
    shown = [int(text or 0) for text in alice.locator("#messages > [data-message]").evaluate_all(
        "rows => rows.map(row => row.dataset.message)"
    )]  # fmt: skip
    kept = Message.objects.filter(conversation=question).order_by("posted_at", "pk").values_list("pk", flat=True)
    assert shown == list(kept)[1:]


def test_names_are_offered_and_chosen_by_keyboard(
    people: Cast, question: Conversation, opened: Callable[[Member, str], Page]
) -> None:
    alice = opened(people.alice, f"/conversations/{question.pk}/")
    area = alice.get_by_label("Add to this conversation")
    area.click()
    alice.keyboard.type("Ask @ca")
    expect(alice.get_by_role("option", name="Carol Curator")).to_have_attribute("aria-selected", "true")
    assert axe_violations(alice) == []
    alice.keyboard.press("Enter")
    expect(area).to_have_value("Ask @Carol Curator ")
    alice.keyboard.type("and @bo")
    expect(alice.get_by_role("listbox")).to_be_visible()
    alice.keyboard.press("Escape")
    expect(alice.get_by_role("listbox")).to_have_count(0)
    # The draft is there after a reload, and goes once it is sent.
    alice.reload()
    expect(area).to_have_value("Ask @Carol Curator and @bo")
    alice.get_by_role("button", name="Send").click()
    expect(alice.locator(f'#messages a[href="/people/{people.carol.pk}/"]')).to_be_visible()
    alice.reload()
    expect(area).to_have_value("")


def test_pasted_picture_goes_with_the_message(
    people: Cast, question: Conversation, opened: Callable[[Member, str], Page]
) -> None:
    bob = opened(people.bob, f"/conversations/{question.pk}/")
    bob.evaluate(
        """async () => {
          await customElements.whenDefined('td-composer');
          const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 30});
          canvas.getContext('2d').fillRect(0, 0, 20, 20);
          const blob = await new Promise(made => canvas.toBlob(made));
          const held = new DataTransfer();
          held.items.add(new File([blob], 'scan.png', {type: 'image/png'}));
          const area = document.querySelector('#say-body');
          area.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true}));
        }"""
    )
    expect(bob.get_by_text("scan.png")).to_be_visible(timeout=ARRIVES_MS)
    write(bob, "The scan.")
    picture = bob.locator("#messages .shots img")
    expect(picture).to_have_attribute("alt", "scan.webp", timeout=ARRIVES_MS)
    expect(picture).to_have_js_property("naturalWidth", 40)
    expect(bob.locator(".attached li")).to_have_count(0)


def test_voice_note_is_made_in_place_and_its_words_stand_below_it(
    people: Cast, question: Conversation, worker: None, open_desk: Callable[..., Desk]
) -> None:
    desk = open_desk(people.bob)
    page = desk.page
    page.goto(f"/conversations/{question.pk}/")
    page.evaluate("customElements.whenDefined('td-composer').then(() => true)")
    page.get_by_role("button", name="Voice", exact=True).click()
    expect(page.get_by_role("group", name="Voice note")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"0:0[89]|0:1\d"), timeout=30_000)
    page.get_by_role("button", name="Stop and send").click()
    note = page.locator("#messages td-voice")
    expect(note).to_be_visible(timeout=30_000)
    expect(note.locator(".cue").first).to_contain_text(re.compile("times", re.I), timeout=READY_MS)
    expect(note).to_have_attribute("data-captioned", "1", timeout=READY_MS)
    message = Message.objects.latest("pk")
    assert message.recording is not None
    assert message.recording.channel_id == question.channel_id
    note.get_by_role("button", name=re.compile("Play voice note")).click()
    expect(note.locator(".cue[aria-current]")).to_have_count(1)
    expect(note.get_by_role("slider")).to_have_attribute("aria-valuetext", re.compile(r"second"))
    assert axe_violations(page) == []
    assert desk.troubles == []
