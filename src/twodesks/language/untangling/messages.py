"""What goes in and what comes out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a channel, in the order it was said.

    `ts` is in seconds since 1970, as fine or coarse as the source has it. `author` is an opaque name, and what mentions
    in texts refer to (`anna: …`, `@anna`, `<@U42>`). `thread` is the id of the message it is known to reply to.
    """

    id: str
    ts: float
    author: str
    text: str
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a message belongs: `conversation` is the id of the message that began it.

    `reply_to` is the id of an earlier message, or None where something new begins.
    """

    id: str
    conversation: str
    reply_to: str | None
