"""Signed words in addresses: where a reply goes and until when, and what a link stops. Nothing of them is kept."""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from django.core import signing
from django.utils.crypto import salted_hmac

VALID_DAYS = 60
_SIGNATURE_BYTES = 10  # 80 bits: forging one takes 2^79 mails on average
_CONVERSATION_BYTES, _MEMBER_BYTES, _DAY_BYTES = 5, 4, 2
_PAYLOAD_BYTES = _CONVERSATION_BYTES + _MEMBER_BYTES + _DAY_BYTES
_SALT = "notifications.reply"
_STOP = "notifications.stop"
# Base32 in lower case: servers on the way may change the case of an address.
_TOKEN = re.compile(r"\+([a-z2-7]{34})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplyTo:
    conversation_id: int
    member_id: int
    has_expired: bool


def reply_address(base: str, conversation_id: int, member_id: int, now: datetime) -> str:
    """`reply@example.org` → `reply+…@example.org`, which says whose reply to what it is, for `VALID_DAYS`."""
    payload = b"".join(
        [
            conversation_id.to_bytes(_CONVERSATION_BYTES, "big"),
            member_id.to_bytes(_MEMBER_BYTES, "big"),
            (_day(now) + VALID_DAYS).to_bytes(_DAY_BYTES, "big"),
        ]
    )
    local, _, domain = base.partition("@")
    return f"{local}+{base64.b32encode(payload + _sign(payload)).decode().rstrip('=').lower()}@{domain}"


def read_reply_address(address: str, now: datetime) -> ReplyTo | None:
    """None unless it is one that we signed."""
    found = _TOKEN.search(address)
    if found is None:
        return None
    raw = base64.b32decode(found[1].upper() + "=" * (-len(found[1]) % 8))
    payload, signature = raw[:_PAYLOAD_BYTES], raw[_PAYLOAD_BYTES:]
    if not hmac.compare_digest(signature, _sign(payload)):
        return None
    conversation, rest = payload[:_CONVERSATION_BYTES], payload[_CONVERSATION_BYTES:]
    return ReplyTo(
        conversation_id=int.from_bytes(conversation, "big"),
        member_id=int.from_bytes(rest[:_MEMBER_BYTES], "big"),
        has_expired=int.from_bytes(rest[_MEMBER_BYTES:], "big") < _day(now),
    )


def _sign(payload: bytes) -> bytes:
    return salted_hmac(_SALT, payload, algorithm="sha256").digest()[:_SIGNATURE_BYTES]


def _day(now: datetime) -> int:
    return (now.astimezone(UTC).date() - datetime(1970, 1, 1, tzinfo=UTC).date()).days


def mail_key(message_id: str) -> str:
    """A name for a mail that says nothing of it, at most 40 characters: what a message's `client_key` is."""
    return "mail:" + sha256(message_id.strip().encode()).hexdigest()[:32]


def stop_token(member_id: int, what: str) -> str:
    """`what`: "conversation:12", "kind:thanked", "kind:kept:7" (in a channel) or "digest"."""
    return signing.dumps([member_id, what], salt=_STOP)


def read_stop_token(token: str) -> tuple[int, str] | None:
    """None for any but a genuine one. It never runs out: a mail may be read years later."""
    try:
        member_id, what = signing.loads(token, salt=_STOP)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(member_id), str(what)
