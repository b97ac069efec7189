"""Conversations as lists show them: one line each on how far they are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils import timezone

from twodesks.conversations.engine import moments
from twodesks.conversations.models import Conversation
from twodesks.kit.counting import counted
from twodesks.kit.timecode import length

if TYPE_CHECKING:
    from twodesks.people.models import Member


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """`answered` names who did, in words to follow "Answered"; empty while the question is open."""

    conversation: Conversation
    answered: str
    words: str
    asked: Sequence[str]
    """First names of those it is put to, who have not answered yet."""
    when: str
    is_unread: bool

    @property
    def asker(self) -> "Member | None":
        return self.conversation.started_by

    @property
    def waits(self) -> bool:
        """Nobody has answered, so the row offers to."""
        is_asked = self.conversation.kind != Conversation.Kind.DISCUSSION
        return is_asked and not self.answered and not self.conversation.answer_count


def conversation_rows(
    conversations: Iterable[Conversation], time_zone: str, channel_seen_at: datetime | None = None
) -> list[ConversationRow]:
    """`conversations` as of `listed_conversations`. No queries."""
    now = timezone.now().astimezone(ZoneInfo(time_zone))
    return [_row(one, now, channel_seen_at) for one in conversations]


def _row(one: Conversation, now: datetime, channel_seen_at: datetime | None) -> ConversationRow:
    seen_at: datetime | None = getattr(one, "seen_at", None) or channel_seen_at
    names: Sequence[str] = getattr(one, "asked_names", ())
    answered = _answered(one)
    return ConversationRow(
        conversation=one,
        answered=answered,
        words=_too(one) if answered else _open(one, now),
        asked=[name.split()[0] for name in names] if not answered else [],
        when=moments.short(one.last_message_at.astimezone(now.tzinfo), now),
        is_unread=seen_at is not None and one.last_message_at > seen_at,
    )


def _answered(one: Conversation) -> str:
    message = one.accepted_message
    if message is None:
        return ""
    who = message.author.first_name if message.author else "who asked"
    recording = message.recording
    if recording is None or not recording.duration_ms:
        return f"by {who}"
    what = "a voice note" if recording.kind == "voice" else "a recording"
    return f"by {who} in {what} of {length(recording.duration_ms)}"


def _too(one: Conversation) -> str:
    return f"{one.me_too_count} had this too." if one.me_too_count else ""


def _open(one: Conversation, now: datetime) -> str:
    who = one.started_by.first_name if one.started_by else "Somebody"
    when = moments.ago(one.started_at.astimezone(now.tzinfo), now)
    if one.kind == Conversation.Kind.WALKTHROUGH:
        others = f", and so would {counted(one.me_too_count, 'other')}" if one.me_too_count else ""
        return f"{who} would like a walkthrough{others}."
    if one.kind == Conversation.Kind.DISCUSSION:
        return f"{who} began this {when}. {_many(one.answer_count, 'reply', 'replies')}."
    so_far = (
        f"{_many(one.answer_count, 'answer', 'answers')} so far." if one.answer_count else "Nobody has answered yet."
    )
    return " ".join(part for part in (f"{who} asked {when}.", so_far, _too(one)) if part)


def _many(count: int, one: str, many: str) -> str:
    return f"{count or 'No'} {one if count == 1 else many}"
