"""The headers by which mail programs thread, list and stop our mail. RFC 5322, 2919 (List-Id), 8058 (one click)."""

import re
from email.utils import formataddr, parseaddr

OWN_HEADER = "X-Twodesks-Mail"
"""On every mail that we send, so that one which comes back is known."""


def domain_of(address: str) -> str:
    """The domain of "Twodesks <twodesks@example.org>"; `localhost` where there is none."""
    return parseaddr(address)[1].rpartition("@")[2] or "localhost"


def sender(name: str, organisation: str, address: str) -> str:
    """Who speaks, by our own address: the domain's mail would not pass as the member's."""
    plain = re.sub(r"[\r\n\"<>@]+", " ", f"{name} via {organisation}" if name else organisation).strip()
    return formataddr((plain, parseaddr(address)[1]))


def message_id(key: str, domain: str) -> str:
    return f"<{key}@{domain}>"


def thread_id(conversation_id: int, domain: str) -> str:
    """What every mail about a conversation is in reply to, though no mail has it: so they lie together."""
    return f"<conversation-{conversation_id}@{domain}>"


def one_line(words: str) -> str:
    """For a header: no line ends."""
    return " ".join(words.split())


def automatic_headers(stop_address: str) -> dict[str, str]:
    return {
        OWN_HEADER: "notice",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": f"<{stop_address}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def list_id(name: str, slug: str, domain: str) -> str:
    return f"{one_line(name)} <{slug}.{domain}>"
