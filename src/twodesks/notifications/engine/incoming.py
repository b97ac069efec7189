"""A mail that came in, as what it says: who, to whom, the words without what they quote, the files. No rows.

Parsing is the standard library's; what a reply quotes and signs is found by mail-parser-reply, in the languages below.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses

from html_to_markdown import convert
from mailparser_reply import EmailMessage as ReplyParser

from twodesks.notifications.engine.mail_headers import OWN_HEADER

MAX_FILE_BYTES = 25 * 1024**2
"""All files of one mail together, decoded."""
MAX_RAW_BYTES = 40 * 1024**2
"""The whole mail as it travels: files grow by a third there."""
MAX_FILES = 20
SMALLEST_INLINE_BYTES = 8 * 1024
"""Pictures within the text that are smaller are logos and lines of signatures."""
MAX_PARSED_CHARS = 120_000
LANGUAGES = ["en", "de", "fr", "it", "nl", "pl", "sv", "da", "ja", "es", "cs", "ko", "zh"]
TO_HEADERS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To")
_NOT_FILES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_FENCE = re.compile(r"^(```|~~~).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_LONG_LINE = re.compile(r"^(?!\u2063).{400,}$", re.MULTILINE)
_HELD = re.compile(r"\u2063(\d+)\u2063")
_ADDRESS_OR_DAY = re.compile(r"[@\d]|-{5}")
_INLINE_PICTURE = re.compile(r"!\[[^\]\n]*\]\(cid:[^)\n]*\)|\[(?:image|cid):[^\]\n]*\]")
_ONLY_QUOTES = re.compile(r"^\s*(>.*)?$")


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """`sender` is the one address that it is from, in lower case; empty where there is none or more than one."""

    sender: str
    to: Sequence[str]
    message_id: str
    subject: str
    is_automatic: bool
    is_ours: bool
    words: str = ""
    files: Sequence[File] = field(default_factory=tuple)
    file_bytes: int = 0


def read_mail(raw: bytes, *, headers_alone: bool = False) -> Incoming:
    """Whatever the bytes are; a mail that holds nothing readable has no sender and no words."""
    if headers_alone:
        head = re.split(rb"\r?\n\r?\n", raw[: 256 * 1024], maxsplit=1)[0]
        return _headers(_parse(head + b"\r\n\r\n"))
    message = _parse(raw)
    told = _headers(message)
    body = _body_part(message)
    files = list(_files(message, body))
    return Incoming(
        sender=told.sender,
        to=told.to,
        message_id=told.message_id,
        subject=told.subject,
        is_automatic=told.is_automatic,
        is_ours=told.is_ours,
        words=own_words(_text_of(body)) if body is not None else "",
        files=files,
        file_bytes=sum(len(file.content) for file in files),
    )


def own_words(text: str) -> str:
    """A reply without what it quotes and without its signature. Code in fences is never taken for either."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2063", "")
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[0])
        return f"\u2063{len(held) - 1}\u2063"

    # A line above and below which a quote begins is short; long ones would take the parser's expressions long.
    shown = _short_gaps(_LONG_LINE.sub(hold, _FENCE.sub(hold, text)))[:MAX_PARSED_CHARS]
    parsed = ReplyParser(text=shown, languages=list(LANGUAGES), keep_hyphen_lists=True).read()
    own = _indented(_first_part(parsed), shown)
    own = _HELD.sub(lambda found: held[int(found[1])], own)
    # What is answered line by line keeps its quotes; quotes after the last own line are only what was read.
    lines = _INLINE_PICTURE.sub("", own).split("\n")
    while lines and _ONLY_QUOTES.match(lines[-1]):
        lines.pop()
    return "\n".join(lines).strip()


def _first_part(parsed: ReplyParser) -> str:
    """Up to where a quote begins. What looks like its heading, but names no address and no day, is the writer's own."""
    parts: list[str] = []
    for place, reply in enumerate(parsed.replies):
        is_heading = bool(_ADDRESS_OR_DAY.search(reply.headers))
        if place and is_heading:
            break
        parts.append(reply.body if is_heading or not reply.headers else f"{reply.headers}\n{reply.body}")
    return "\n\n".join(parts)


def _short_gaps(text: str) -> str:
    """At most two empty lines on end; the parser takes very long over thousands."""
    lines: list[str] = []
    empty = 0
    for line in text.split("\n"):
        empty = 0 if line.strip() else empty + 1
        if empty <= 2:
            lines.append(line)
    return "\n".join(lines)


def _indented(own: str, text: str) -> str:
    """The parser strips every line; the lines as they were written, so that lists and code keep their shape."""
    written = iter(text.split("\n"))
    lines = []
    for line in own.split("\n"):
        found = next((one for one in written if one.strip() == line.strip()), None)
        lines.append(line if found is None else found.rstrip())
    return "\n".join(lines)


def _parse(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
    return message


def _header(message: EmailMessage, name: str) -> str:
    """A header as text; empty where it is missing or past reading."""
    try:
        return str(message.get(name, "") or "")
    except (MessageError, ValueError, IndexError, TypeError, AttributeError, LookupError):
        # The standard library raises these for headers that no grammar allows.
        return ""


def _all_headers(message: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in message.get_all(name, [])]
    except (MessageError, ValueError, IndexError, TypeError, AttributeError, LookupError):
        return []


def _headers(message: EmailMessage) -> Incoming:
    senders = [address for _, address in getaddresses(_all_headers(message, "From")) if "@" in address]
    to = [address for name in TO_HEADERS for _, address in getaddresses(_all_headers(message, name))]
    return Incoming(
        sender=senders[0].lower() if len(senders) == 1 else "",
        to=[address for address in to if address],
        message_id=_header(message, "Message-ID").strip(),
        subject=" ".join(_header(message, "Subject").split())[:200],
        is_automatic=_is_automatic(message),
        is_ours=bool(_header(message, OWN_HEADER)),
    )


def _is_automatic(message: EmailMessage) -> bool:
    """An out-of-office, a report that something did not arrive, a list: RFC 3834 and what programs do besides."""
    submitted = _header(message, "Auto-Submitted").strip().lower()
    suppress = _header(message, "X-Auto-Response-Suppress").lower()
    return (
        (submitted != "" and not submitted.startswith("no"))
        or any(word in suppress for word in ("all", "oof", "autoreply"))
        or _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or bool(_header(message, "X-Autoreply") or _header(message, "X-Autorespond") or _header(message, "List-Id"))
        or _header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
    )


def _body_part(message: EmailMessage) -> EmailMessage | None:
    """The plain text when it says something, else the HTML."""
    plain = _found(message, "plain")
    if plain is not None and _content_of(plain).strip():
        return plain
    return _found(message, "html") or plain


def _found(message: EmailMessage, kind: str) -> EmailMessage | None:
    try:
        part = message.get_body(preferencelist=(kind,))
    except (MessageError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return part if isinstance(part, EmailMessage) else None


def _content_of(part: EmailMessage) -> str:
    """Decoded, whatever the charset says of itself."""
    raw = part.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    try:
        return data.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _text_of(part: EmailMessage) -> str:
    text = _content_of(part)
    if part.get_content_type() == "text/html":
        return str(convert(text).content)
    if str(part.get_param("format", "")).lower() == "flowed":
        return _unflowed(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _unflowed(text: str, *, delsp: bool) -> str:
    """Paragraphs as they were written: a line that ends in a space goes on in the next (RFC 3676)."""
    lines: list[str] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        plain = line if quoted else line.removeprefix(" ")
        if is_open and not quoted and plain != "-- ":
            lines[-1] += plain
        else:
            lines.append(plain)
        is_open = lines[-1].endswith(" ") and not quoted and lines[-1] != "-- "
        if is_open and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def _files(message: EmailMessage, body: EmailMessage | None) -> Iterator[File]:
    for part in message.walk():
        if part is body or part.is_multipart() or not isinstance(part, EmailMessage):
            continue
        kind = part.get_content_type()
        name = part.get_filename() or ""
        is_attached = part.get_content_disposition() == "attachment"
        if kind in _NOT_FILES or (kind in ("text/plain", "text/html") and not name and not is_attached):
            continue
        raw = part.get_payload(decode=True)
        content = raw if isinstance(raw, bytes) else b""
        is_inline = part.get_content_disposition() == "inline" or (part["Content-ID"] and not is_attached)
        if not content or (is_inline and kind.startswith("image/") and len(content) < SMALLEST_INLINE_BYTES):
            continue
        yield File(name or f"attachment.{kind.rsplit('/', 1)[-1]}", kind, content)
