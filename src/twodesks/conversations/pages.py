"""What the page of a conversation shows, put together from reads."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from twodesks.channels.queries import postable_channels
from twodesks.conversations import policies
from twodesks.conversations.engine import moments
from twodesks.conversations.queries import thread as threads
from twodesks.conversations.queries.finding import called, get_message
from twodesks.conversations.queries.hearing import not_told
from twodesks.conversations.queries.presence import here_now
from twodesks.conversations.queries.splitting import separable
from twodesks.conversations.queries.thread import Thread, ThreadMessage
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import render_talk, summary
from twodesks.media.queries import signed_url
from twodesks.recordings.pages import InlineRecording, inline_recordings

if TYPE_CHECKING:
    from twodesks.channels.models import Channel
    from twodesks.conversations.models import Conversation, Message, MessageAttachment
    from twodesks.people.models import Member

QUOTED_CHARS = 160
NEW_HERE = timedelta(days=365)
MOST_NOT_TOLD = 4


@dataclass(frozen=True, slots=True)
class File:
    """A picture or file with a message, at an address that works for a while."""

    address: str
    name: str
    size: str
    width: int | None
    height: int | None

    @property
    def is_picture(self) -> bool:
        return self.width is not None


@dataclass(frozen=True, slots=True)
class Quoted:
    """What a message replies to."""

    message_id: int
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message, ready to be drawn."""

    said: ThreadMessage
    html: SafeString
    recording: InlineRecording | None
    files: Sequence[File]
    quoted: Quoted | None
    when: str
    accepted_by: str = ""
    """Who said that it was the answer; `who asked` where they are hidden."""
    edited_when: str = ""
    begins_new: bool = False
    """The first of those that came since the reader was here."""

    @property
    def id(self) -> int:
        return self.said.message.pk

    @property
    def is_plain(self) -> bool:
        """Words, and nothing beside them."""
        return bool(self.html) and not (self.quoted or self.files or self.said.has_recording)

    @property
    def at(self) -> str:
        """Seconds since 1970, exact enough to stand in order."""
        return f"{self.said.message.posted_at.timestamp():.6f}"

    @property
    def posted_at(self) -> str:
        return self.said.message.posted_at.isoformat(timespec="seconds")

    @property
    def address(self) -> str:
        """Where the message answers to; spelt out here because a page has hundreds of it."""
        return f"/messages/{self.said.message.pk}/"

    @property
    def pictures(self) -> list[File]:
        return [file for file in self.files if file.is_picture]

    @property
    def downloads(self) -> list[File]:
        return [file for file in self.files if not file.is_picture]

    @property
    def helped(self) -> str:
        """`Owen`, `Owen and 2 more`: whom it helped, by their own word; empty when nobody said so with a name."""
        count, names = self.said.message.thanks_count, self.said.thankers
        if not names:
            return ""
        first = names[0].split()[0]
        return first if count == 1 else f"{first} and {count - 1} more"


@dataclass(frozen=True, slots=True)
class ConversationPage:
    thread: Thread
    opening: MessageRow | None
    accepted: MessageRow | None
    replies: Sequence[MessageRow]
    asked_when: str
    answered_in: str
    began_on: str
    role: str
    """What the asker does, for the line under the title."""
    composer: "Composer"
    before: int | None = None
    """Shown are messages before this one, not the newest."""
    here: frozenset[int] = frozenset()
    """Members who have it open."""
    latest_event_id: int = 0
    now: int = 0
    """Seconds since 1970, by the server's clock."""

    @property
    def conversation(self) -> "Conversation":
        return self.thread.conversation

    @property
    def stewards(self) -> "list[Member]":
        """Those who look after the channel."""
        return [one.member for one in self.conversation.channel.stewardships.all()]

    @property
    def newest_id(self) -> int:
        """The newest message that the page has: where it catches up from."""
        rows = [row for row in (self.opening, self.accepted, *self.replies) if row is not None]
        latest = max(rows, key=lambda row: (row.said.message.posted_at, row.id), default=None)
        return latest.id if latest else 0

    @property
    def first_shown(self) -> int:
        return self.replies[0].id if self.replies else 0

    @property
    def others_too(self) -> str:
        """`Owen, Siobhán and 3 others`: who has the same question."""
        names = [member.first_name for member in self.thread.me_too]
        more = self.conversation.me_too_count - len(names)
        if more > 0 and len(names) > 2:
            names, more = names[:2], more + len(names) - 2
        if more > 0:
            return f"{', '.join(names)} and {more} other{'' if more == 1 else 's'}"
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True, slots=True)
class Composer:
    """Where somebody adds to a conversation. `is_hidden`: they asked it without their name, and stay unnamed."""

    conversation: "Conversation"
    may_post: bool
    is_hidden: bool
    reply_to: Quoted | None = None
    body: str = ""
    key: str = field(default_factory=lambda: str(uuid4()))
    """Names what is sent, so that sending it twice makes one."""


def conversation_page(
    actor: Actor, conversation_id: int, time_zone: str, *, before: int | None = None, reply_to_id: int | None = None
) -> ConversationPage:
    """Raises `NotFound`."""
    # What is said between these two is on the page, and heard of once more: the other way round it would be missing.
    presence = here_now(conversation_id)
    thread = threads.read_thread(actor, conversation_id, before=before)
    now = _now(time_zone)
    apart = [row for row in (thread.opening, thread.accepted) if row is not None]
    rows = {row.id: row for row in draw(thread, [*apart, *thread.replies], now)}
    page = _page(actor, thread, now)
    return replace(
        page,
        opening=rows[thread.opening.message.pk] if thread.opening else None,
        accepted=rows[thread.accepted.message.pk] if thread.accepted else None,
        replies=[rows[reply.message.pk] for reply in thread.replies],
        composer=replace(page.composer, reply_to=_reply(actor, conversation_id, reply_to_id)),
        before=before,
        here=presence.member_ids,
        latest_event_id=presence.latest_event_id,
        now=round(now.timestamp()),
    )


def head_of(actor: Actor, conversation_id: int, time_zone: str) -> ConversationPage:
    """What stands above the messages, without them. Raises `NotFound`."""
    return _page(actor, threads.read_head(actor, conversation_id), _now(time_zone))


def composer_of(actor: Actor, conversation_id: int, *, reply_to_id: int | None = None, body: str = "") -> Composer:
    """With what was written and could not be sent. Raises `NotFound`."""
    composer = _composer(threads.read_head(actor, conversation_id))
    return replace(composer, reply_to=_reply(actor, conversation_id, reply_to_id), body=body)


def _page(actor: Actor, thread: Thread, now: datetime) -> ConversationPage:
    conversation = thread.conversation
    started = conversation.started_at.astimezone(now.tzinfo)
    accepted = conversation.accepted_message
    return ConversationPage(
        thread=thread,
        opening=None,
        accepted=None,
        replies=(),
        asked_when=moments.on_day_at_time(started, now),
        answered_in=moments.span(accepted.posted_at - conversation.started_at) if accepted else "",
        began_on=moments.date(started, now),
        role=_role(conversation.started_by, conversation.started_at, now),
        composer=_composer(thread),
    )


def _composer(thread: Thread) -> Composer:
    return Composer(
        conversation=thread.conversation,
        may_post=thread.may_post,
        is_hidden=thread.is_asker and thread.conversation.is_asker_hidden,
    )


def _reply(actor: Actor, conversation_id: int, reply_to_id: int | None) -> Quoted | None:
    if reply_to_id is None:
        return None
    message = get_message(actor, reply_to_id)
    return _quote(message) if message.conversation_id == conversation_id else None


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message with its conversation, for all that can be done with it."""

    thread: Thread
    row: MessageRow

    @property
    def conversation(self) -> "Conversation":
        return self.thread.conversation


def message_page(actor: Actor, message_id: int, time_zone: str) -> MessagePage:
    """Raises `NotFound`."""
    thread, said = threads.read_one(actor, message_id)
    return MessagePage(thread, draw(None, [said], _now(time_zone))[0])


@dataclass(frozen=True, slots=True)
class Wording:
    when: str
    html: SafeString


def wordings_of(actor: Actor, message_id: int, time_zone: str) -> list[Wording]:
    """The older wordings of a message, newest first. Raises `NotFound`."""
    now = _now(time_zone)
    return [
        Wording(moments.day_and_time(one.written_at.astimezone(now.tzinfo), now), mark_safe(render_talk(one.body)))  # noqa: S308
        for one in threads.wordings(actor, message_id)
    ]


KINDS = (("question", "Question"), ("walkthrough", "Walkthrough request"), ("discussion", "Discussion"))


@dataclass(frozen=True, slots=True)
class ArrangingPage:
    thread: Thread
    channels: "Sequence[Channel]"
    found: "Sequence[Conversation]"
    """Conversations that it may become a part of, by the words of their titles."""
    find: str
    may_reveal: bool
    kinds: Sequence[tuple[str, str]] = KINDS

    @property
    def conversation(self) -> "Conversation":
        return self.thread.conversation


def arranging_page(actor: Actor, conversation_id: int, *, find: str = "") -> ArrangingPage:
    """Raises `NotFound`."""
    thread = threads.read_head(actor, conversation_id)
    find = " ".join(find[:200].split())
    return ArrangingPage(
        thread=thread,
        channels=[one for one in postable_channels(actor) if one.pk != thread.conversation.channel_id],
        found=called(actor, find, except_id=conversation_id) if find else (),
        find=find,
        may_reveal=thread.conversation.is_asker_hidden and bool(policies.may_reveal(actor)),
    )


@dataclass(frozen=True, slots=True)
class SeparableRow:
    """A message that may go, by its first words."""

    id: int
    name: str
    when: str
    words: str


@dataclass(frozen=True, slots=True)
class SplittingPage:
    thread: Thread
    rows: Sequence[SeparableRow]
    earlier: int
    """How many messages lie before those that are listed."""
    before: int | None
    chosen: frozenset[int]
    kinds: Sequence[tuple[str, str]] = KINDS

    @property
    def conversation(self) -> "Conversation":
        return self.thread.conversation


def splitting_page(
    actor: Actor, conversation_id: int, time_zone: str, *, chosen: Collection[int], before: int | None = None
) -> SplittingPage:
    """The messages that could go: the newest 500 of them, those before one, or those about what is chosen.

    Raises `NotFound`.
    """
    thread = threads.read_head(actor, conversation_id)
    with_id = min(chosen, default=None)
    found = separable(thread.conversation, opening_id=thread.opening_id, before=before, with_id=with_id)
    now = _now(time_zone)
    rows = [
        SeparableRow(
            id=message.pk,
            name=message.author.name if message.author else "Who asked",
            when=moments.day_and_time(message.posted_at.astimezone(now.tzinfo), now),
            words=_quote(message).words,
        )
        for message in found.messages
    ]
    return SplittingPage(thread, rows, found.earlier, found.before, frozenset(chosen))


def not_told_words(actor: Actor, conversation: "Conversation", message: "Message | None" = None) -> str:
    """What its writer is to know about those named in vain, in the opening message or this one; empty without any.

    The writer sees the channel, so that who else does is theirs to know.
    """
    message = message or threads.in_order(conversation).first()
    names = [member.name for member in not_told(actor, message)] if message else []
    if not names:
        return ""
    more = len(names) - MOST_NOT_TOLD
    shown = [*names[:MOST_NOT_TOLD], f"{more} more"] if more > 0 else names
    verb = "were" if len(names) > 1 else "was"
    together = " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)
    return (
        f"It is there, but {together} cannot read {conversation.channel} and {verb} not told. "
        "Those who look after the channel can let people in."
    )


def rows_of(actor: Actor, conversation_id: int, message_ids: Sequence[int], time_zone: str) -> list[MessageRow]:
    """These messages of a conversation, for a page that has the others. Raises `NotFound`."""
    return draw(None, threads.read_messages(actor, conversation_id, message_ids), _now(time_zone))


def rows_after(actor: Actor, conversation_id: int, after: int, time_zone: str) -> list[MessageRow]:
    """What came after message `after`. Raises `NotFound`."""
    return draw(None, threads.messages_after(actor, conversation_id, after), _now(time_zone))


def rows_since(actor: Actor, conversation_id: int, since: datetime, time_zone: str) -> list[MessageRow]:
    """The first hundred that were posted since then. Raises `NotFound`."""
    return draw(None, threads.messages_since(actor, conversation_id, since), _now(time_zone))


def _now(time_zone: str) -> datetime:
    return timezone.now().astimezone(ZoneInfo(time_zone))


def draw(thread: Thread | None, said: Sequence[ThreadMessage], now: datetime) -> list[MessageRow]:
    """With a thread, the first reply that is new to the reader begins the new ones."""
    recordings = inline_recordings(one.recording for one in said if one.recording is not None)
    replies = thread.replies if thread else ()
    first_new = next((one.message.pk for one in replies if one.is_new), None)
    is_all_new = bool(replies) and replies[0].message.pk == first_new and not (thread and thread.earlier)
    begins = None if is_all_new else first_new
    return [_row(one, recordings, now, begins) for one in said]


def _row(
    said: ThreadMessage, recordings: Mapping[int, InlineRecording], now: datetime, begins: int | None
) -> MessageRow:
    message = said.message
    is_gone = message.removed_at is not None
    return MessageRow(
        said=said,
        # What `render_talk` gives went through an allow-list.
        html=mark_safe("" if is_gone else render_talk(message.body)),  # noqa: S308
        recording=recordings.get(said.recording.pk) if said.recording else None,
        files=list(_files(said.attachments)),
        quoted=_quoted(said),
        when=moments.day_and_time(message.posted_at.astimezone(now.tzinfo), now),
        accepted_by=_accepted_by(message.conversation) if said.is_accepted else "",
        edited_when=moments.day_and_time(message.edited_at.astimezone(now.tzinfo), now) if message.edited_at else "",
        begins_new=message.pk == begins,
    )


def _accepted_by(conversation: "Conversation") -> str:
    return conversation.accepted_by.first_name if conversation.accepted_by else "who asked"


def _files(attachments: Iterable["MessageAttachment"]) -> Iterable[File]:
    for attachment in attachments:
        file = attachment.media_file
        yield File(signed_url(file), file.filename, _size(file.total_bytes), file.width, file.height)


def _size(count: int) -> str:
    for unit, step in (("GB", 1024**3), ("MB", 1024**2)):
        if count >= step / 10:
            return f"{count / step:.1f} {unit}".replace(".0 ", " ")
    return f"{max(1, round(count / 1024))} kB"


def _quoted(said: ThreadMessage) -> Quoted | None:
    return _quote(said.reply_to) if said.reply_to is not None else None


def _quote(to: "Message") -> Quoted:
    if to.removed_at is not None:
        return Quoted(to.pk, "", "A message that was removed")
    words = summary(to.body, QUOTED_CHARS) or ("A recording" if to.recording_id else "A file")
    return Quoted(to.pk, to.author.first_name if to.author else "Who asked", words)


def _role(member: "Member | None", began: datetime, now: datetime) -> str:
    """Who wrote before they were here came in by an import, and is no newcomer for that."""
    if member is None:
        return ""
    joined = member.joined_at.astimezone(now.tzinfo)
    is_new = timedelta() <= now - joined < NEW_HERE and joined <= began
    since = f"since {joined:%B}" if is_new else ""
    return ", ".join(part for part in (member.job_title, since) if part)
