"""`twodesks mail receive` and a mailbox, as a mail server uses them."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from io import BytesIO, TextIOWrapper

import pytest
from django.conf import LazySettings
from django.utils import timezone
from typer.testing import CliRunner

from tests.cast import Cast
from twodesks.cli.mail import app
from twodesks.conversations.models import Conversation, Message
from twodesks.kit.problem import Invalid, Unavailable
from twodesks.notifications.adapter import fetch_replies
from twodesks.notifications.tests.rooms import ask, room
from twodesks.notifications.tokens import reply_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(cast: Cast) -> Conversation:
    return ask(cast.alice, room(cast.bob))


def letter(cast: Cast, question: Conversation, words: str, name: str = "one") -> bytes:
    message = EmailMessage()
    message["From"] = cast.bob.email
    message["To"] = reply_address("reply@learn.example.org", question.pk, cast.bob.pk, timezone.now())
    message["Message-ID"] = f"<{name}@mail.example.org>"
    message.set_content(words)
    return message.as_bytes()


def test_a_mail_on_standard_input_lands_in_the_thread(
    cast: Cast, question: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = letter(cast, question, "Flat and clean.")
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(raw)))
    done = CliRunner().invoke(app, ["receive"], input=raw)
    assert done.exit_code == 0, done.output
    assert Message.objects.latest("pk").body == "Flat and clean."


def test_no_mail_on_standard_input_is_said(db: None) -> None:
    done = CliRunner().invoke(app, ["receive"], input=b"")
    assert isinstance(done.exception, Invalid)


class Mailbox(socketserver.StreamRequestHandler):
    """As much of IMAP (RFC 3501) as a client that fetches and marks needs."""

    mails: dict[int, bytes]
    seen: set[int]
    password = "secret word"

    def handle(self) -> None:
        self._say(b"* OK ready")
        for raw in self.rfile:
            tag, verb, *words = raw.strip().split(b" ")
            if verb.upper() == b"UID":
                verb, *words = words
            answer = getattr(self, f"do_{verb.decode().lower()}", self.do_noop)(words)
            self._say(tag + b" " + answer)
            if verb.upper() == b"LOGOUT":
                return

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def do_capability(self, words: list[bytes]) -> bytes:
        self._say(b"* CAPABILITY IMAP4rev1")
        return b"OK done"

    def do_noop(self, words: list[bytes]) -> bytes:
        return b"OK done"

    def do_login(self, words: list[bytes]) -> bytes:
        return b"OK in" if self.password.encode() in b" ".join(words) else b"NO wrong password"

    def do_select(self, words: list[bytes]) -> bytes:
        self._say(b"* %d EXISTS" % len(self.mails))
        return b"OK [READ-WRITE] selected"

    def do_search(self, words: list[bytes]) -> bytes:
        self._say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in self.mails if uid not in self.seen))
        return b"OK done"

    def do_fetch(self, words: list[bytes]) -> bytes:
        uid = int(words[0])
        mail = self.mails[uid]
        if b"SIZE" in words[1]:
            self._say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(mail)))
        else:
            part = mail[:65536] if b"<0." in words[1] else mail
            self._say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)" % (uid, uid, len(part), part))
        return b"OK done"

    def do_store(self, words: list[bytes]) -> bytes:
        self.seen.add(int(words[0]))
        return b"OK done"

    def do_logout(self, words: list[bytes]) -> bytes:
        self._say(b"* BYE")
        return b"OK bye"


@contextmanager
def mailbox(*mails: bytes) -> Iterator[tuple[str, set[int]]]:
    kind = type("Box", (Mailbox,), {"mails": dict(enumerate(mails, 1)), "seen": set()})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"imap://replies:secret%20word@127.0.0.1:{server.server_address[1]}/INBOX", kind.seen  # type: ignore[attr-defined]
        server.shutdown()


def test_what_is_unread_in_the_mailbox_is_taken_once(cast: Cast, question: Conversation) -> None:
    automatic = b"Auto-Submitted: auto-replied\r\n" + letter(cast, question, "Away.", "two")
    with mailbox(letter(cast, question, "Flat."), automatic, letter(cast, question, "Clean.", "three")) as (box, seen):
        assert fetch_replies(box) == 3
        assert seen == {1, 2, 3}
        assert fetch_replies(box) == 0
    assert list(Message.objects.order_by("-pk").values_list("body", flat=True)[:2]) == ["Clean.", "Flat."]


def test_a_mailbox_that_lets_nobody_in_or_is_none_is_said(db: None, settings: LazySettings) -> None:
    with mailbox() as (box, _), pytest.raises(Unavailable, match="did not let us in"):
        fetch_replies(box.replace("secret", "other"))
    with pytest.raises(Unavailable):
        fetch_replies("imap://replies:x@127.0.0.1:1/INBOX")
    with pytest.raises(Invalid):
        fetch_replies("https://mail.example.org/")
