"""Take a reply that came by e-mail into its thread."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from io import BytesIO

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from twodesks.activity.operations.consume_rate_limit import consume_rate_limit
from twodesks.activity.queue import defer_job
from twodesks.conversations.operations.attach_file import attach_file
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.queries.finding import merged_into, visible_conversations, visible_messages
from twodesks.kit.actor import Actor, Door
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound, Problem, TooMany
from twodesks.notifications.engine.incoming import MAX_FILE_BYTES, MAX_FILES, MAX_RAW_BYTES, Incoming, read_mail
from twodesks.notifications.tokens import ReplyTo, mail_key, read_reply_address
from twodesks.people.queries import active_members

REPLIES_AN_HOUR = 30
REFUSALS_AN_HOUR = 5
_HOUR_S = int(timedelta(hours=1).total_seconds())

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    ADDED = "added"
    REPEATED = "repeated"
    """It was there already."""
    REFUSED = "refused"
    """Its sender is told why, by mail. Nothing was changed."""
    DROPPED = "dropped"
    """Nobody is told: an answer to a machine would be answered by one."""


@dataclass(frozen=True, slots=True)
class Received:
    outcome: Outcome
    reason: str = ""
    message_id: int | None = None


class Refusal(Exception):  # noqa: N818 - not an error of ours
    """A reply that is not taken; the words are for its sender."""

    def __init__(self, reason: str, words: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.words = words


class Dropped(Exception):  # noqa: N818 - not an error of ours
    """A mail that gets no answer."""


STRANGER = (
    "The address that you wrote to belongs to somebody else. Each of our mails can be answered by the member it was "
    "sent to, from the address they have here. Open the conversation and answer there, or write from that address."
)
EXPIRED = "The address that you wrote to has run out. Open the conversation and answer there."
UNKNOWN = (
    "We could not tell what it answers. Reply to one of our mails and leave its address as it is, or open the "
    "conversation and answer there."
)
GONE = "The conversation is gone, or no longer shared with you."
EMPTY = "We found nothing in it but what it quotes. Write above the quoted text, and send it again."
TOO_LARGE = (
    f"Its files are too large: a reply by e-mail may bring {MAX_FILE_BYTES // 1024**2} MB and {MAX_FILES} files. "
    "Open the conversation and attach them there."
)


@operation("notifications.receive_reply")
def receive_reply(*, raw: bytes, is_cut: bool = False) -> Received:
    """Add a message by the member whose signed address the mail is to, if it comes from that member's own address.

    A mail that comes twice adds one message. What a machine sent, and what loops, is dropped; everything else that
    cannot be taken is refused by a mail to its sender, and leaves everything as it was. `is_cut`: the mail was too
    large to be fetched, and these are its first bytes.
    """
    is_cut = is_cut or len(raw) > MAX_RAW_BYTES
    mail = read_mail(raw, headers_alone=is_cut)
    try:
        received = _take(mail, raw, is_cut)
    except Dropped as why:
        received = Received(Outcome.DROPPED, str(why))
    except Refusal as refusal:
        _refuse(mail, refusal.words)
        received = Received(Outcome.REFUSED, refusal.reason)
    log.info("mail_received", outcome=received.outcome.value, reason=received.reason)
    return received


def _take(mail: Incoming, raw: bytes, is_cut: bool) -> Received:
    _drop_what_machines_send(mail)
    target = _target(mail)
    member = active_members().filter(pk=target.member_id).first()
    if member is None or member.email.lower() != mail.sender:
        raise Refusal("stranger", STRANGER)
    _slow_down(f"mail-reply:{member.pk}", REPLIES_AN_HOUR)
    if target.has_expired:
        raise Refusal("expired", EXPIRED)
    if is_cut or mail.file_bytes > MAX_FILE_BYTES or len(mail.files) > MAX_FILES:
        raise Refusal("too-large", TOO_LARGE)
    actor = member.as_actor(Door.MAIL)
    conversation_id = _conversation(actor, target)
    key = mail_key(mail.message_id or hashlib.sha256(raw).hexdigest())
    known = visible_messages(actor).filter(conversation_id=conversation_id, client_key=key).first()
    if known is not None:
        return Received(Outcome.REPEATED, message_id=known.pk)
    if not mail.words and not mail.files:
        raise Refusal("empty", EMPTY)
    return _post(actor, conversation_id, mail, key)


def _drop_what_machines_send(mail: Incoming) -> None:
    if mail.is_ours:
        raise Dropped("our own")
    if mail.is_automatic:
        raise Dropped("automatic")
    if not mail.sender:
        raise Dropped("no sender")


def _target(mail: Incoming) -> ReplyTo:
    now = timezone.now()
    found = [target for target in (read_reply_address(address, now) for address in mail.to) if target is not None]
    if not found:
        raise Refusal("unknown", UNKNOWN)
    return found[0]


def _slow_down(key: str, an_hour: int) -> None:
    try:
        consume_rate_limit(key=key, allowed=an_hour, per_seconds=_HOUR_S)
    except TooMany as many:
        raise Dropped("too many in an hour") from many


def _conversation(actor: Actor, target: ReplyTo) -> int:
    if visible_conversations(actor).filter(pk=target.conversation_id).exists():
        return target.conversation_id
    into = merged_into(actor, target.conversation_id)
    if into is None:
        raise Refusal("gone", GONE)
    return into


def _post(actor: Actor, conversation_id: int, mail: Incoming, key: str) -> Received:
    try:
        with transaction.atomic():
            attachments = [
                attach_file(
                    actor=actor, content=BytesIO(file.content), filename=file.name, content_type=file.content_type
                ).pk
                for file in mail.files
            ]
            message = post_message(
                actor=actor,
                conversation_id=conversation_id,
                body=mail.words,
                attachment_ids=attachments,
                client_key=key,
            )
    except NotFound as gone:
        raise Refusal("gone", GONE) from gone
    except Problem as problem:
        raise Refusal(problem.code, problem.detail) from problem
    except IntegrityError:
        # The same mail came by two ways at the same moment, and the other was quicker.
        return Received(Outcome.REPEATED)
    return Received(Outcome.ADDED, message_id=message.pk)


def _refuse(mail: Incoming, words: str) -> None:
    """At most a few an hour to one address, so that nobody can have us write to others."""
    try:
        _slow_down(f"mail-refusal:{mail.sender}", REFUSALS_AN_HOUR)
    except Dropped:
        log.info("refusal_left_out")
        return
    defer_job(
        "notifications.send_refusal",
        to=mail.sender,
        subject=mail.subject,
        message_id=mail.message_id[:500],
        words=words,
    )
