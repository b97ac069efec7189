"""Reads replies from a mailbox, by IMAP."""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import structlog

from twodesks.kit.problem import Invalid, Unavailable
from twodesks.notifications.engine.incoming import MAX_RAW_BYTES
from twodesks.notifications.operations.receive_reply import receive_reply

TIMEOUT_S = 30
AT_A_TIME = 100
HEADER_BYTES = 64 * 1024
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

log = structlog.get_logger(__name__)


def fetch_replies(address: str) -> int:
    """Take every unread mail of `imaps://user:password@host/FOLDER`, oldest first, and mark it read; says how many.

    One that could not be taken stays unread, and is tried again next time. Raises `Invalid` for an address that is none
    and `Unavailable` when the mailbox does not answer or lets nobody in.
    """
    count = 0
    try:
        with _mailbox(address) as box:
            for uid in _unread(box)[:AT_A_TIME]:
                if _take(box, uid):
                    count += 1
    except (imaplib.IMAP4.error, OSError) as failure:
        log.warning("mailbox_unreachable", error=type(failure).__name__)
        raise Unavailable(
            "The mailbox for replies did not answer, or did not let us in. Nothing is lost: mails stay in it. "
            "Look at TWODESKS_MAIL_IMAP_URL."
        ) from failure
    return count


@contextlib.contextmanager
def _mailbox(address: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(address)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or parts.username is None:
        raise Invalid("TWODESKS_MAIL_IMAP_URL is of the form imaps://user:password@host/INBOX.")
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        context = ssl.create_default_context()
        box = imaplib.IMAP4_SSL(parts.hostname, parts.port or 993, ssl_context=context, timeout=TIMEOUT_S)
    else:
        box = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=TIMEOUT_S)
    with box:
        if parts.scheme == "imap" and "STARTTLS" in box.capabilities:
            box.starttls(ssl.create_default_context())
        box.login(unquote(parts.username), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        status, _ = box.select('"' + folder.replace('"', "") + '"')
        if status != "OK":
            raise Invalid(f"The mailbox has no folder {folder}. Name one at the end of TWODESKS_MAIL_IMAP_URL.")
        yield box


def _unread(box: imaplib.IMAP4) -> list[str]:
    _, found = box.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()]


def _take(box: imaplib.IMAP4, uid: str) -> bool:
    """A mail that is too large is fetched by its head alone: its sender is still told."""
    _, sizes = box.uid("FETCH", uid, "(RFC822.SIZE)")
    told = _SIZE.search(_joined(sizes))
    is_large = told is not None and int(told[1]) > MAX_RAW_BYTES
    what = f"(BODY.PEEK[]<0.{HEADER_BYTES}>)" if is_large else "(BODY.PEEK[])"
    _, parts = box.uid("FETCH", uid, what)
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    if not raw:
        return False
    try:
        receive_reply(raw=raw, is_cut=is_large)
    except Exception:
        # One mail that cannot be taken must not hold up the others behind it.
        log.exception("reply_not_taken")
        return False
    box.uid("STORE", uid, "+FLAGS", r"(\Seen)")
    return True


def _joined(answer: list[bytes | tuple[bytes, bytes]]) -> bytes:
    return b" ".join(part[0] if isinstance(part, tuple) else part or b"" for part in answer)
