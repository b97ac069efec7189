"""What any source gives, in one form: people and channels first, then messages in the order in which they were sent.

Keys are the source's own; together with the source they name a thing for good, so that what has come in is known again.
Nothing is dropped silently: whatever is not given is a `LeftOut` with a reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Protocol

from twodesks.kit.markdown import escape


class Reach(StrEnum):
    """Who could read a channel where it comes from."""

    OPEN = "open"
    PRIVATE = "private"
    DIRECT = "direct"


class Said(StrEnum):
    """What a message was where it comes from."""

    MESSAGE = "message"
    QUESTION = "question"
    ANSWER = "answer"
    COMMENT = "comment"


class Reason(StrEnum):
    """Why something is left out. `REASONS` has the words for people."""

    BOT = "bot"
    COMING_AND_GOING = "coming-and-going"
    NOTICE = "notice"
    DELETED = "deleted"
    OLDER_WORDING = "older-wording"
    EMPTY = "empty"
    UNREADABLE_MESSAGE = "unreadable-message"
    UNREADABLE_FILE = "unreadable-file"
    NOT_ASKED = "not-asked"
    DIRECT = "direct"
    FILE_LINK_ONLY = "file-link-only"
    FILE_GONE = "file-gone"
    FILE_PACKED = "file-packed"
    FILE_UNTAKEN = "file-untaken"
    LINK_PREVIEW = "link-preview"
    CUT = "cut"
    REPEATED = "repeated"
    KEPT_HERE = "kept-here"
    OTHER_FILE = "other-file"
    VOTE = "vote"
    PAGE = "page"


REASONS: Mapping[Reason, tuple[str, str]] = {
    Reason.BOT: ("Messages by bots", "Build results, alerts and the like. You can bring them in as well."),
    Reason.COMING_AND_GOING: ("Joining and leaving", "Who came into a channel and who left it."),
    Reason.NOTICE: ("Notices of the chat", "Renamed channels, new purposes, pins, calls that were started."),
    Reason.DELETED: ("Deleted messages", "Their authors took them back, so only a mark is left of them."),
    Reason.OLDER_WORDING: (
        "Older wordings",
        "Of an edited message you see the last wording, with the time of the edit.",
    ),
    Reason.EMPTY: ("Empty messages", "They hold no words and no files."),
    Reason.UNREADABLE_MESSAGE: ("Unreadable messages", "Something is broken in them. They are in the export still."),
    Reason.UNREADABLE_FILE: ("Broken parts of the export", "They could not be read. Export again to have them too."),
    Reason.NOT_ASKED: ("Channels that you left out", "They are in the export still, and can come another time."),
    Reason.DIRECT: ("Direct messages", "Nobody wrote them for others to read. They come only if you ask for them."),
    Reason.FILE_LINK_ONLY: (
        "Files that stay where they are",
        "The export has only links to them; the messages keep those.",
    ),
    Reason.FILE_GONE: ("Files that are gone", "They were deleted or hidden before the export was made."),
    Reason.FILE_PACKED: (
        "Files inside the tar file",
        "They cannot be read from it. Unpack it on the server and bring in the folder to have them too.",
    ),
    Reason.FILE_UNTAKEN: ("Files that could not be taken over", "They are too large, empty or broken in the export."),
    Reason.LINK_PREVIEW: ("Previews of links", "The links themselves are in the messages."),
    Reason.CUT: ("Ends of very long messages", "A message holds 100,000 letters; what is beyond that is cut."),
    Reason.REPEATED: ("Came in twice", "The export holds the same message more than once, or it is here already."),
    Reason.KEPT_HERE: (
        "Changes of what people here have changed",
        "Somebody here has edited the message since, or brought it back. It stays as it is here.",
    ),
    Reason.OTHER_FILE: ("Other files of the export", "Settings, logs and the like: nothing that anybody said."),
    Reason.PAGE: ("Pages that are no talk", "Descriptions of tags, nominations and the like."),
    Reason.VOTE: ("Other votes", "Votes to close, flags and bounties. Votes up and down are kept."),
}


@dataclass(frozen=True, slots=True)
class SourcePerson:
    """`email` is empty when the source does not say it. `is_gone`: can no longer sign in there."""

    key: str
    name: str
    handle: str = ""
    email: str = ""
    is_bot: bool = False
    is_gone: bool = False
    title: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class SourceChannel:
    """`member_keys` matter for private channels and direct messages; open ones may leave them out."""

    key: str
    name: str
    reach: Reach = Reach.OPEN
    purpose: str = ""
    member_keys: tuple[str, ...] = ()
    creator_key: str = ""
    created_at: datetime | None = None
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`archive_path`: where its bytes are in the export; else it is only known by `link`, which carries no secrets."""

    key: str
    name: str
    link: str = ""
    total_bytes: int = 0
    archive_path: str = ""


@dataclass(frozen=True, slots=True)
class SourceReaction:
    """`emoji` is the character or, for an organisation's own, `:its-name:`."""

    emoji: str
    person_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceMessage:
    """`thread_key`: those that share it are one conversation, its first message included; None where nobody threaded.

    `reply_to`: the key of the message that it answers, where the source says so. `votes`: up less down.
    """

    key: str
    channel_key: str
    author_key: str
    sent_at: datetime
    markdown: str
    thread_key: str | None = None
    said: Said = Said.MESSAGE
    title: str = ""
    edited_at: datetime | None = None
    reply_to: str | None = None
    reactions: tuple[SourceReaction, ...] = ()
    files: tuple[SourceFile, ...] = ()
    mentions: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    votes: int = 0
    is_accepted: bool = False
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class SourceRemoval:
    """That a message was taken back there: it may be here from an earlier export. `key` as of the message."""

    key: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`example` is where to look: a file, a channel, a time. `count` things like it."""

    reason: Reason
    example: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for. `channels` None means all that may come; else their keys."""

    channels: frozenset[str] | None = None
    bots: bool = False
    direct_messages: bool = False

    def take(self, channel: SourceChannel) -> bool:
        if channel.reach is Reach.DIRECT and not self.direct_messages:
            return False
        return self.channels is None or channel.key in self.channels


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source says of itself before any message is read. `identity` tells two sources of a kind apart."""

    kind: str
    identity: str
    name: str
    people: tuple[SourcePerson, ...]
    channels: tuple[SourceChannel, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the source that is read in one go, such as a day of a channel. `key` is the same at every reading."""

    key: str
    channel_key: str


@dataclass(frozen=True, slots=True)
class Glance:
    """What a preview needs to know of one message."""

    author_key: str
    sent_at: datetime
    thread_key: str | None
    files: int
    is_question: bool
    is_reply: bool


Item = SourceMessage | SourcePerson | SourceRemoval | LeftOut


class Naming(Protocol):
    """How people and channels are written into Markdown: the product links them, a preview only names them."""

    def person(self, key: str, fallback: str) -> str: ...

    def channel(self, key: str, fallback: str) -> str: ...


class Source(Protocol):
    """An export that has been opened. Reading it twice gives the same in the same order."""

    has_loose_talk: bool
    """Whether anything in it is not in a thread."""

    def digest(self) -> str:
        """Tells this export apart from another one at the same path."""
        ...

    def outline(self) -> Outline: ...

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        """In the order of reading: channel by channel, oldest first."""
        ...

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> "Iterator[Item]":
        """The messages of a stretch; people whom the outline does not know come before what they wrote."""
        ...

    def look(self, stretch: Stretch, wishes: Wishes) -> "Iterator[Glance | LeftOut]":
        """As `read`, without making Markdown of it: enough to count, in a fraction of the time."""
        ...

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        """What the wishes leave out as a whole, counted."""
        ...

    def open_file(self, path: str) -> IO[bytes]:
        """The bytes of a file by its `archive_path`. Raises `Invalid` when they cannot be read."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Tally:
    """How many of what; `left_out` counts by reason and keeps a few examples of each."""

    counts: Counter[Reason] = field(default_factory=Counter)
    examples: dict[Reason, list[str]] = field(default_factory=dict)

    EXAMPLES = 5

    def add(self, left: LeftOut) -> None:
        self.counts[left.reason] += left.count
        kept = self.examples.setdefault(left.reason, [])
        if left.example and len(kept) < self.EXAMPLES and left.example not in kept:
            kept.append(left.example)

    def add_all(self, many: Iterable[LeftOut]) -> None:
        for left in many:
            self.add(left)

    def as_json(self) -> dict[str, dict[str, object]]:
        return {
            reason.value: {"count": count, "examples": self.examples.get(reason, [])}
            for reason, count in sorted(self.counts.items())
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Mapping[str, object]]) -> "Tally":
        tally = cls()
        for name, entry in told.items():
            reason, examples = Reason(name), entry.get("examples", [])
            tally.counts[reason] = int(str(entry.get("count", 0)))
            tally.examples[reason] = [str(example) for example in examples] if isinstance(examples, list) else []
        return tally


class PlainNaming:
    """Names as words, for looking at an export before anything is taken in."""

    def __init__(self, outline: Outline) -> None:
        self._people = {person.key: person.name for person in outline.people}
        self._channels = {channel.key: channel.name for channel in outline.channels}

    def person(self, key: str, fallback: str) -> str:
        return escape(f"@{self._people.get(key) or fallback or key}")

    def channel(self, key: str, fallback: str) -> str:
        return escape(f"#{self._channels.get(key) or fallback or key}")
