"""Replies by e-mail: what is taken, what is refused with words, what is dropped in silence, and nothing half done."""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.archive_channel import archive_channel
from twodesks.channels.operations.remove_channel_member import remove_channel_member
from twodesks.conversations.models import Conversation, Message, MessageAttachment
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.media.models import MediaFile
from twodesks.notifications.engine.incoming import own_words, read_mail
from twodesks.notifications.operations import receive_reply as receiving
from twodesks.notifications.operations.receive_reply import Outcome, Received, receive_reply
from twodesks.notifications.operations.send_notification_mail import send_notification_mail
from twodesks.notifications.operations.send_refusal import send_refusal
from twodesks.notifications.tests.rooms import News, ask, room, say
from twodesks.notifications.tokens import VALID_DAYS, read_reply_address, reply_address
from twodesks.people.models import Member, Organisation
from twodesks.people.operations.deactivate_member import deactivate_member

pytestmark = pytest.mark.django_db

BASE = "reply@learn.example.org"
QUOTE = (
    "\n\nOn Tue, 24 Nov 2026 at 10:01, Bob Explainer via Ridgeway\n<reply@learn.example.org> wrote:\n\n> Which mat?\n"
)


@pytest.fixture(autouse=True)
def _organisation(db: None, settings: LazySettings) -> None:
    Organisation.objects.create(pk=1, name="Ridgeway")
    settings.BASE_URL = "https://learn.example.org"
    settings.MAIL_REPLY_ADDRESS = BASE


@pytest.fixture
def question(cast: Cast) -> Conversation:
    return ask(cast.alice, room(cast.bob))


def letter(
    member: Member,
    conversation: Conversation,
    words: str = "Flat **and** clean." + QUOTE,
    *,
    sender: str = "",
    message_id: str = "<one@mail.example.org>",
    address: str = "",
    **headers: str,
) -> EmailMessage:
    """A reply as a mail program sends it."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = sender or f"{member.name} <{member.email}>"
    message["To"] = address or reply_address(BASE, conversation.pk, member.pk, timezone.now())
    message["Subject"] = "Re: Does the mat have to be flat?"
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(words)
    return message


def receive(message: EmailMessage | bytes) -> Received:
    return receive_reply(raw=message if isinstance(message, bytes) else message.as_bytes())


def refusals() -> list[dict[str, str]]:
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.send_refusal").order_by("id")
    return [job.args for job in jobs]


def everything() -> tuple[int, ...]:
    kept = (Message, MessageAttachment, MediaFile, Statement)
    return tuple(model._default_manager.count() for model in kept)


def posted(received: Received) -> Message:
    assert received.message_id is not None
    return Message.objects.get(pk=received.message_id)


def test_a_reply_lands_in_the_thread_without_what_it_quotes(cast: Cast, question: Conversation) -> None:
    received = receive(letter(cast.bob, question))
    assert received.outcome is Outcome.ADDED
    message = posted(received)
    assert message.body == "Flat **and** clean."
    assert message.author == cast.bob
    statement = Statement.objects.get(verb="answered")
    assert statement.door == "mail"
    assert refusals() == []


def test_our_own_mail_can_be_answered_as_it_came(cast: Cast, news: News, question: Conversation) -> None:
    say(cast.bob, question, "Which mat?")
    news.travels()
    send_notification_mail(member_id=cast.alice.pk)
    sent = mail.outbox[0]
    answer = letter(cast.alice, question, "The blue one." + QUOTE, address=sent.reply_to[0].upper())
    assert receive(answer).outcome is Outcome.ADDED
    assert Message.objects.latest("pk").body == "The blue one."


def test_the_same_mail_twice_adds_one_message(cast: Cast, question: Conversation) -> None:
    message = letter(cast.bob, question)
    message.add_attachment(b"%PDF-1.7 and so on", maintype="application", subtype="pdf", filename="plan.pdf")
    first, second = receive(message), receive(message)
    assert (first.outcome, second.outcome) == (Outcome.ADDED, Outcome.REPEATED)
    assert first.message_id == second.message_id
    assert MediaFile.objects.count() == 1
    nameless = letter(cast.bob, question, "Once more.", message_id="")
    assert [receive(nameless).outcome for _ in range(2)] == [Outcome.ADDED, Outcome.REPEATED]


def test_a_hidden_asker_stays_hidden_by_mail(cast: Cast) -> None:
    question = ask(cast.alice, room(cast.bob), anonymous=True)
    received = receive(letter(cast.alice, question, "On which surface?\n\n-- \nAlice Asker\nRidgeway\n" + QUOTE))
    message = posted(received)
    assert message.author is None
    assert message.body == "On which surface?"
    assert message.client_key is not None
    assert "alice" not in message.client_key
    assert Statement.objects.latest("pk").actor is None


def test_files_come_along(cast: Cast, question: Conversation) -> None:
    message = letter(cast.bob, question)
    message.add_attachment(b"%PDF-1.7 and so on", maintype="application", subtype="pdf", filename="plan.pdf")
    message.add_attachment("a,b\n1,2\n", subtype="csv", filename="times.csv")
    received = receive(message)
    names = MessageAttachment.objects.filter(message=received.message_id).values_list("media_file__filename", flat=True)
    assert sorted(names) == ["plan.pdf", "times.csv"]


def test_a_mail_of_html_alone_becomes_markdown(cast: Cast, question: Conversation) -> None:
    message = letter(cast.bob, question)
    message.set_content(
        "<style>p{color:red}</style><p>Flat <b>and</b> clean</p><ul><li>mat</li><li>floor</li></ul>"
        "<pre>wrenctl check</pre><script>alert(1)</script>"
        '<div class="gmail_quote">On Tue, 24 Nov 2026 at 10:01, Bob &lt;b@example.org&gt; wrote:<br>'
        "<blockquote>Which mat?</blockquote></div>",
        subtype="html",
    )
    body = posted(receive(message)).body
    assert "Flat **and** clean" in body
    assert "- mat" in body
    assert "wrenctl check" in body
    for gone in ("Which mat", "alert", "color", "wrote"):
        assert gone not in body


def test_a_merged_conversation_takes_the_reply_where_it_went(cast: Cast, question: Conversation) -> None:
    other = ask(cast.alice, Channel.objects.get())
    message = letter(cast.bob, question)
    merge_conversations(actor=acting(cast.alice), conversation_id=question.pk, into_id=other.pk)
    received = receive(message)
    assert posted(received).conversation_id == other.pk


Change = Callable[[Cast, Conversation], EmailMessage]


def from_a_stranger(cast: Cast, question: Conversation) -> EmailMessage:
    return letter(cast.bob, question, sender="mallory@elsewhere.example")


def from_another_member(cast: Cast, question: Conversation) -> EmailMessage:
    return letter(cast.bob, question, sender=cast.carol.email)


def from_somebody_deactivated(cast: Cast, question: Conversation) -> EmailMessage:
    deactivate_member(actor=acting(cast.dave), member_id=cast.bob.pk)
    return letter(cast.bob, question)


def to_an_expired_address(cast: Cast, question: Conversation) -> EmailMessage:
    long_ago = timezone.now() - timedelta(days=VALID_DAYS + 1)
    return letter(cast.bob, question, address=reply_address(BASE, question.pk, cast.bob.pk, long_ago))


def to_a_forged_address(cast: Cast, question: Conversation) -> EmailMessage:
    address = reply_address(BASE, question.pk, cast.bob.pk, timezone.now())
    at = address.index("@") - 3
    return letter(cast.bob, question, address=address[:at] + ("a" if address[at] != "a" else "b") + address[at + 1 :])


def to_no_signed_address(cast: Cast, question: Conversation) -> EmailMessage:
    return letter(cast.bob, question, address=BASE)


def into_a_closed_channel(cast: Cast, question: Conversation) -> EmailMessage:
    archive_channel(actor=acting(cast.bob), channel_id=question.channel_id)
    return letter(cast.bob, question)


def out_of_a_private_channel(cast: Cast, question: Conversation) -> EmailMessage:
    private = room(cast.bob, name="leads", private=True)
    add_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    secret = ask(cast.bob, private)
    remove_channel_member(actor=acting(cast.bob), channel_id=private.pk, member_id=cast.alice.pk)
    return letter(cast.alice, secret)


def with_nothing_but_a_quote(cast: Cast, question: Conversation) -> EmailMessage:
    return letter(cast.bob, question, QUOTE)


def with_too_many_files(cast: Cast, question: Conversation) -> EmailMessage:
    message = letter(cast.bob, question)
    for number in range(21):
        message.add_attachment(b"x" * 10, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    return message


def with_26_megabytes(cast: Cast, question: Conversation) -> EmailMessage:
    message = letter(cast.bob, question)
    message.add_attachment(bytes(26 * 1024**2), maintype="application", subtype="zip", filename="big.zip")
    return message


def with_50_megabytes(cast: Cast, question: Conversation) -> EmailMessage:
    message = letter(cast.bob, question)
    message.add_attachment(bytes(50 * 1024**2), maintype="application", subtype="zip", filename="big.zip")
    return message


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        (from_a_stranger, "stranger", "belongs to somebody else"),
        (from_another_member, "stranger", "belongs to somebody else"),
        (from_somebody_deactivated, "stranger", "belongs to somebody else"),
        (to_an_expired_address, "expired", "has run out"),
        (to_a_forged_address, "unknown", "could not tell what it answers"),
        (to_no_signed_address, "unknown", "could not tell what it answers"),
        (into_a_closed_channel, "denied", "archived"),
        (out_of_a_private_channel, "gone", "no longer shared with you"),
        (with_nothing_but_a_quote, "empty", "Write above the quoted text"),
        (with_too_many_files, "too-large", "25 MB and 20 files"),
        (with_26_megabytes, "too-large", "25 MB and 20 files"),
        (with_50_megabytes, "too-large", "25 MB and 20 files"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_changes_nothing(
    cast: Cast, question: Conversation, change: Change, reason: str, words: str
) -> None:
    message = change(cast, question)
    before = everything()
    received = receive(message)
    assert (received.outcome, received.reason) == (Outcome.REFUSED, reason)
    assert everything() == before
    (refusal,) = refusals()
    assert words in refusal["words"]
    assert refusal["to"] in str(message["From"])
    send_refusal(**refusal)
    sent = mail.outbox[0]
    assert sent.to == [refusal["to"]]
    assert words in " ".join(sent.body.split())
    assert "nothing was changed" in sent.body
    assert sent.extra_headers["Auto-Submitted"] == "auto-replied"
    # Strangers learn nothing of what is here.
    assert "mat" not in sent.body.replace(str(message["Subject"]), "")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; type=out-of-office"},
        {"X-Auto-Response-Suppress": "All"},
        {"X-Auto-Response-Suppress": "DR, OOF, AutoReply"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
        {"List-Id": "<everybody.example.org>"},
        {"X-Twodesks-Mail": "notice"},
    ],
)
def test_what_machines_send_is_dropped_in_silence(cast: Cast, question: Conversation, headers: dict[str, str]) -> None:
    before = everything()
    for sender in (cast.bob.email, "mallory@elsewhere.example"):
        message = letter(cast.bob, question, "I am away until Monday.", sender=sender)
        for name, value in headers.items():
            message[name] = value
        assert receive(message).outcome is Outcome.DROPPED
    assert everything() == before
    assert refusals() == []


def test_a_persons_mail_that_says_it_is_not_automatic_is_taken(cast: Cast, question: Conversation) -> None:
    assert receive(letter(cast.bob, question, Auto_Submitted="no")).outcome is Outcome.ADDED


def test_our_own_mails_sent_back_by_a_loop_are_dropped(cast: Cast, news: News, question: Conversation) -> None:
    say(cast.bob, question)
    news.travels()
    send_notification_mail(member_id=cast.alice.pk)
    looped = mail.outbox[0].message()
    looped.replace_header("To", mail.outbox[0].reply_to[0])
    assert receive(looped.as_bytes()).outcome is Outcome.DROPPED
    assert refusals() == []


def test_a_loop_that_hides_is_stopped_after_some_in_an_hour(
    cast: Cast, question: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "REPLIES_AN_HOUR", 3)
    outcomes = [
        receive(letter(cast.bob, question, f"Ping {n}", message_id=f"<{n}@x.example>")).outcome for n in range(5)
    ]
    assert outcomes == [Outcome.ADDED] * 3 + [Outcome.DROPPED] * 2


def test_nobody_can_have_us_write_to_others_without_end(cast: Cast, question: Conversation) -> None:
    for number in range(8):
        message = letter(cast.bob, question, sender="victim@elsewhere.example", message_id=f"<{number}@x.example>")
        assert receive(message).outcome is Outcome.REFUSED
    assert len(refusals()) == receiving.REFUSALS_AN_HOUR


def test_a_sender_that_is_two_or_none_is_dropped(cast: Cast, question: Conversation) -> None:
    for sender in (f"{cast.bob.email}, mallory@elsewhere.example", "undisclosed:;"):
        message = letter(cast.bob, question)
        message.replace_header("From", sender)
        assert receive(message).outcome is Outcome.DROPPED


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\n-- \nBob\nField engineer\n", "Yes."),
        ("Sure thing\n\nSent from my iPhone\n\n> On 24 Nov 2026, at 10:01, N <n@x.org> wrote:\n> How?\n", "Sure thing"),
        ("Ja, das geht.\n\nAm Di., 24. Nov. 2026 um 10:01 Uhr schrieb N <n@x.org>:\n\n> Wie?\n", "Ja, das geht."),
        (
            "Fine by me.\n\n________________________________\nFrom: Nadia <n@x.org>\n"
            "Sent: Tuesday, November 24, 2026 10:01 AM\nTo: Bob\nSubject: Re: Hi\n\nHow?\n",
            "Fine by me.",
        ),
        ("> Is it flat?\n\nYes.\n\n> And clean?\n\nNo.\n", "> Is it flat?\n\nYes.\n\n> And clean?\n\nNo."),
        ("Try\n\n```\n- a\n--\nfrom x import y\n```\nnow\n", "Try\n\n```\n- a\n--\nfrom x import y\n```\nnow"),
        ("Do:\n\n- one\n  - nested\n    code\n\nThanks,\nBob\n", "Do:\n\n- one\n  - nested\n    code"),
        (
            "I had this.\n\nFrom: the left side you see it.\nTo: mend it, swap it.\n",
            "I had this.\n\nFrom: the left side you see it.\nTo: mend it, swap it.",
        ),
        ("Look: [image: map.png] there\r\n", "Look:  there"),
        ("On Monday I wrote: do it so.\nAnd it worked.\n", "On Monday I wrote: do it so.\nAnd it worked."),
    ],
)
def test_own_words_are_told_from_quotes_and_signatures(text: str, own: str) -> None:
    assert own_words(text) == own


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 190_000,
        "On " * 60_000,
        "> " * 90_000,
        "From: x\n" * 20_000,
        "Yes\n\n" + "> quoted\n" * 20_000,
        "-\n" * 80_000,
    ],
)
def test_no_text_keeps_the_server_busy_for_long(text: str) -> None:
    begun = time.process_time()
    own_words(text)
    assert time.process_time() - begun < 10


def test_paragraphs_that_were_broken_for_the_way_are_whole_again(cast: Cast, question: Conversation) -> None:
    raw = letter(cast.bob, question, "x").as_bytes()
    raw = raw.replace(b'text/plain; charset="utf-8"', b'text/plain; charset="utf-8"; format=flowed').replace(
        b"\r\n\r\nx", b"\r\n\r\nFlat and \r\nclean, \r\nboth.\r\n\r\nNew one."
    )
    body = posted(receive(raw)).body
    assert body == "Flat and clean, both.\n\nNew one."


def test_a_charset_that_there_is_not_loses_no_words(cast: Cast, question: Conversation) -> None:
    raw = letter(cast.bob, question, "Flach und sauber").as_bytes().replace(b'charset="utf-8"', b'charset="x-moon"')
    assert posted(receive(raw)).body == "Flach und sauber"


@given(st.binary(max_size=400), st.binary(max_size=80))
def test_whatever_comes_in_is_read_without_breaking(body: bytes, value: bytes) -> None:
    for raw in (body, b"From: " + value + b"\r\nTo: " + value + b"\r\nContent-Type: " + value + b"\r\n\r\n" + body):
        mail_read = read_mail(raw)
        assert isinstance(mail_read.words, str)
        read_mail(raw, headers_alone=True)


@given(st.text(max_size=300))
def test_own_words_never_say_what_was_not_said(text: str) -> None:
    said = set(text)
    assert set(own_words(text)) <= said | {"\n"}


@given(st.integers(0, 2**40 - 1), st.integers(0, 2**32 - 1))
def test_signed_addresses_come_back_as_they_were_and_fit(conversation_id: int, member_id: int) -> None:
    now = timezone.now()
    address = reply_address(BASE, conversation_id, member_id, now)
    assert len(address.split("@")[0]) <= 64
    for seen in (address, address.upper(), f"<{address}>"):
        target = read_reply_address(seen, now)
        assert target is not None
        assert (target.conversation_id, target.member_id, target.has_expired) == (conversation_id, member_id, False)
    later = read_reply_address(address, now + timedelta(days=VALID_DAYS + 2))
    assert later is not None
    assert later.has_expired


def test_a_mail_server_hands_over_a_mail_by_the_command() -> None:
    """Nothing on standard input is said to be nothing; `tests/test_mail_command.py` sends a real one."""
    done = subprocess.run(
        [sys.executable, "-m", "twodesks", "mail", "receive", "--help"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    assert "standard input" in done.stdout
