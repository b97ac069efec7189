"""What a person does at their desk, in the words of the product; the tests of the whole way are made of these."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.cast import PASSWORD
from twodesks.people.models import Member

READY_MS = 90_000


@dataclass
class Desk:
    """One window with one member in it. `troubles` are the errors that the pages wrote to the console."""

    page: Page
    member: Member
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _note(self, said: ConsoleMessage) -> None:
        # The server of the tests has no live events; pages then ask now and then, which is a way of theirs too.
        if said.type == "error" and "/live/events" not in said.location["url"]:
            self.troubles.append(said.text)

    def sign_in(self) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("E-mail").fill(self.member.email)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(re.compile(r"/(?!sign-in)"))

    def start_voice(self, title: str) -> None:
        """From the record page to a running recording of the voice."""
        self.page.goto("/record/")
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_role("button", name=re.compile("Voice alone")).click()
        self.page.get_by_role("button", name="Start recording").click()
        self.page.get_by_role("button", name="Start now").click()
        expect(self.page.get_by_role("button", name="Stop and keep")).to_be_visible()

    def wait_recorded(self, seconds: int) -> None:
        """Until the clock of the page shows at least `seconds`."""
        self.page.wait_for_function(
            """seconds => {
              const [minutes, rest] = (document.querySelector('.time')?.textContent ?? '0:00').split(':').map(Number);
              return minutes * 60 + rest >= seconds;
            }""",
            arg=seconds,
            timeout=(seconds + 20) * 1000,
        )

    def stop(self) -> int:
        """Ends the recording; answers its number, once its page is there."""
        self.page.get_by_role("button", name="Stop and keep").click()
        self.page.wait_for_url(re.compile(r"/recordings/(\d+)/"), timeout=30_000)
        found = re.search(r"/recordings/(\d+)/", self.page.url)
        assert found
        return int(found[1])

    def wait_captioned(self) -> None:
        """Until the page of the recording has its captions for good, and they can be mended."""
        self.page.wait_for_selector("td-transcript .cue-more", state="attached", timeout=READY_MS)

    def word(self, text: str) -> Locator:
        """The first word of the transcript that says `text`, whatever stands around it."""
        exact = re.compile(rf"^\W*{re.escape(text)}\W*$", re.I)
        return self.page.locator("td-transcript .w").filter(has_text=exact).first

    def mend(self, text: str, other: str) -> None:
        """Changes a word in place, with the keyboard."""
        self.word(text).click()
        self.page.keyboard.press("Enter")
        field = self.page.locator(".word-edit")
        field.fill(other)
        field.press("Enter")

    def clip_from(self, text: str, words: int) -> None:
        """Selects that many words by keyboard, from the one that says `text` on, and clips them."""
        self.word(text).click()
        for _ in range(words - 1):
            self.page.keyboard.press("Shift+ArrowRight")
        self.page.get_by_role("button", name=re.compile(r"^Clip \d+ s$")).click()

    def wait_playable(self) -> None:
        """Until the page of the recording has its player."""
        self.page.wait_for_selector("td-player .knob", timeout=READY_MS)
