"""A conversation as its page shows it: every message with what belongs to it, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q, QuerySet

from twodesks.channels.queries import may_change as may_change_channel
from twodesks.conversations import policies
from twodesks.conversations.models import (
    AskedMember,
    Conversation,
    ConversationFollowing,
    Message,
    MessageAttachment,
    MessageThanks,
    MeToo,
    Reaction,
)
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor

if TYPE_CHECKING:
    from twodesks.people.models import Member
    from twodesks.recordings.models import Recording

WINDOW = 100
"""Messages shown at once: the newest. Earlier ones come on request, `WINDOW` at a time."""


@dataclass(frozen=True, slots=True)
class ReactionCount:
    emoji: str
    count: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message with what the actor may do to it. `author` None is the hidden asker."""

    message: Message
    author: "Member | None"
    recording: "Recording | None"
    attachments: Sequence[MessageAttachment]
    reactions: Sequence[ReactionCount]
    reply_to: Message | None
    has_thanked: bool
    is_own: bool
    is_accepted: bool
    is_new: bool
    may_edit: bool
    may_remove: bool
    may_thank: bool


@dataclass(frozen=True, slots=True)
class Thread:
    conversation: Conversation
    opening: ThreadMessage | None
    accepted: ThreadMessage | None
    replies: Sequence[ThreadMessage]
    earlier: int
    """How many messages lie between the opening one and the first of `replies`."""
    me_too: Sequence["Member"]
    says_me_too: bool
    is_asker: bool
    is_following: bool
    asked: Sequence[AskedMember]
    seen_at: datetime | None
    may_accept: bool
    may_arrange: bool
    may_post: bool
    split_off: Sequence[Conversation] = field(default_factory=tuple)


def read_thread(actor: Actor, conversation_id: int, *, before: int | None = None) -> Thread:
    """The opening message, the accepted answer, and the newest `WINDOW` others (those before message `before`).

    Raises `NotFound`. At most 13 queries, however many messages.
    """
    conversation = get_conversation(actor, conversation_id)
    following = ConversationFollowing.objects.filter(conversation=conversation, member_id=actor.member_id or 0).first()
    opening_id = _in_order(conversation).values_list("pk", flat=True).first()
    others = _in_order(conversation).exclude(pk=opening_id or 0)
    if before is not None:
        edge = Message.objects.filter(pk=before, conversation=conversation).values_list("posted_at", "pk").first()
        if edge is not None:
            others = others.filter(Q(posted_at__lt=edge[0]) | Q(posted_at=edge[0], pk__lt=edge[1]))
    # One more than is shown tells whether there are earlier ones.
    newest = list(others.order_by("-posted_at", "-pk").values_list("pk", flat=True)[: WINDOW + 1])
    shown = newest[:WINDOW]
    wanted = {pk for pk in (*shown, opening_id, conversation.accepted_message_id) if pk is not None}
    seen_at = following.seen_at if following else None
    reader = _Reader(actor, conversation, seen_at)
    messages = reader.read(wanted)
    rows = [messages[pk] for pk in reversed(shown) if pk in messages]
    return Thread(
        conversation=conversation,
        opening=messages.get(opening_id) if opening_id else None,
        accepted=messages.get(conversation.accepted_message_id or 0),
        replies=[row for row in rows if not row.is_accepted],
        earlier=max(0, others.count() - len(shown)) if len(newest) > WINDOW else 0,
        me_too=[one.member for one in conversation.me_toos.select_related("member").order_by("said_at")[:3]]
        if conversation.me_too_count
        else [],
        says_me_too=bool(conversation.me_too_count)
        and MeToo.objects.filter(conversation=conversation, member_id=actor.member_id or 0).exists(),
        is_asker=reader.is_asker,
        is_following=following is not None and following.muted_at is None,
        asked=list(conversation.asked.select_related("member").order_by("asked_at")),
        seen_at=seen_at,
        may_accept=reader.may_accept,
        may_arrange=reader.may_arrange,
        may_post=bool(policies.may_post(actor, conversation)),
        split_off=list(conversation.split_off.filter(merged_into=None).order_by("pk")[:20]),
    )


def read_messages(actor: Actor, conversation_id: int, message_ids: Sequence[int]) -> list[ThreadMessage]:
    """These messages of a conversation, in order, for a page that has the others. Raises `NotFound`."""
    conversation = get_conversation(actor, conversation_id)
    found = _Reader(actor, conversation, None).read(set(message_ids))
    return sorted(found.values(), key=lambda row: (row.message.posted_at, row.message.pk))


def messages_after(actor: Actor, conversation_id: int, after: int) -> list[ThreadMessage]:
    """What came after message `after`, at most `WINDOW`: how a page catches up after a lost connection."""
    conversation = get_conversation(actor, conversation_id)
    edge = Message.objects.filter(pk=after, conversation=conversation).values_list("posted_at", "pk").first()
    newer = _in_order(conversation)
    if edge is not None:
        newer = newer.filter(Q(posted_at__gt=edge[0]) | Q(posted_at=edge[0], pk__gt=edge[1]))
    return read_messages(actor, conversation_id, list(newer.values_list("pk", flat=True)[:WINDOW]))


def _in_order(conversation: Conversation) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation).order_by("posted_at", "pk")


class _Reader:
    """Reads messages of one conversation for one actor."""

    def __init__(self, actor: Actor, conversation: Conversation, seen_at: datetime | None) -> None:
        self.actor, self.conversation, self.seen_at = actor, conversation, seen_at
        self.is_asker = policies.is_asker(actor, conversation)
        is_steward = bool(may_change_channel(actor, conversation.channel))
        is_asked = conversation.kind != Conversation.Kind.DISCUSSION
        self.may_accept = is_asked and (self.is_asker or is_steward)
        self.may_arrange = self.is_asker or is_steward or actor.is_curator
        self.is_steward = is_steward

    def read(self, message_ids: set[int]) -> dict[int, ThreadMessage]:
        found = (
            Message.objects.filter(conversation=self.conversation, pk__in=message_ids)
            .select_related("author", "recording__captions", "recording__media_file", "reply_to__author")
            .prefetch_related(
                Prefetch("attachments", MessageAttachment.objects.select_related("media_file").order_by("pk"))
            )
        )
        reactions = self._reactions(message_ids)
        thanked = self._thanked(message_ids)
        return {
            message.pk: self._row(message, reactions.get(message.pk, ()), message.pk in thanked) for message in found
        }

    def _row(self, message: Message, reactions: Sequence[ReactionCount], has_thanked: bool) -> ThreadMessage:
        is_own = message.author_id == self.actor.member_id if message.author_id is not None else self.is_asker
        removed = message.removed_at is not None
        recording = message.recording
        if recording is not None and (recording.discarded_at is not None or removed):
            recording = None
        return ThreadMessage(
            message=message,
            author=message.author,
            recording=recording,
            attachments=() if removed else list(message.attachments.all()),
            reactions=() if removed else reactions,
            reply_to=message.reply_to,
            has_thanked=has_thanked,
            is_own=is_own,
            is_accepted=message.pk == self.conversation.accepted_message_id,
            is_new=self.seen_at is not None and message.posted_at > self.seen_at and not is_own,
            may_edit=is_own and not removed,
            may_remove=is_own or self.is_steward,
            may_thank=not is_own and not removed and message.author_id is not None and not self.actor.is_guest,
        )

    def _reactions(self, message_ids: set[int]) -> dict[int, list[ReactionCount]]:
        rows = Reaction.objects.filter(message__in=message_ids).order_by("given_at")
        given: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for message_id, emoji, member_id in rows.values_list("message_id", "emoji", "member_id"):
            given[message_id][emoji].append(member_id)
        me = self.actor.member_id
        return {
            message_id: [ReactionCount(emoji, len(members), me in members) for emoji, members in signs.items()]
            for message_id, signs in given.items()
        }

    def _thanked(self, message_ids: set[int]) -> set[int]:
        giver = None if self.is_asker and self.conversation.is_asker_hidden else self.actor.member_id
        thanks = MessageThanks.objects.filter(message__in=message_ids, giver_id=giver)
        return set(thanks.values_list("message_id", flat=True))
