"""A conversation as its page shows it: every message with what belongs to it, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from twodesks.conversations import policies
from twodesks.conversations.models import (
    AskedMember,
    AskerReveal,
    Conversation,
    ConversationFollowing,
    HiddenAsker,
    Message,
    MessageAttachment,
    MessageRevision,
    MessageThanks,
    MeToo,
    Reaction,
)
from twodesks.conversations.queries.finding import get_message, visible_conversations
from twodesks.kit.actor import Actor
from twodesks.kit.decision import Decision
from twodesks.kit.problem import NotFound
from twodesks.recordings.queries import visible_recordings

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
    """One message with what the actor may do to it. `author` None is the hidden asker.

    `has_recording` without `recording`: there is one that is not shared with the actor, or it is gone.
    """

    message: Message
    author: "Member | None"
    recording: "Recording | None"
    has_recording: bool
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
    may_accept: bool
    is_opening: bool
    thankers: Sequence[str]
    """The first who thanked for it with their name, at most one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody it was put to in particular."""

    member_id: int
    name: str
    is_open: bool
    """They have neither answered nor passed it on."""


@dataclass(frozen=True, slots=True)
class SplitOff:
    conversation_id: int
    title: str


@dataclass(frozen=True, slots=True)
class Thread:
    conversation: Conversation
    opening_id: int | None
    opening: ThreadMessage | None
    accepted: ThreadMessage | None
    replies: Sequence[ThreadMessage]
    earlier: int
    """How many messages lie between the opening one and the first of `replies`."""
    me_too: Sequence["Member"]
    says_me_too: bool
    is_asker: bool
    is_following: bool
    asked: Sequence[Asked]
    seen_at: datetime | None
    may_accept: bool
    may_arrange: bool
    may_post: bool
    split_off: Sequence[SplitOff] = field(default_factory=tuple)
    reveals: Sequence[AskerReveal] = ()
    """For the hidden asker alone: who looked up that it was they, and why."""


def read_thread(actor: Actor, conversation_id: int, *, before: int | None = None) -> Thread:
    """The opening message, the accepted answer, and the newest `WINDOW` others (those before message `before`).

    Raises `NotFound`. At most 7 queries, however many messages.
    """
    reader = _Reader(actor, conversation_id)
    conversation = reader.conversation
    apart = {pk for pk in (reader.opening_id, conversation.accepted_message_id) if pk is not None}
    others = in_order(conversation).exclude(pk__in=apart)
    if before is not None:
        others = beside(others, conversation, before, is_before=True)
    # One more than is shown tells whether there are earlier ones.
    newest = others.order_by("-posted_at", "-pk").values("pk")[: WINDOW + 1]
    found = reader.read(Q(pk__in=apart) | Q(pk__in=newest))
    rows = [row for row in found if row.message.pk not in apart]
    shown = rows[-WINDOW:]
    return reader.thread(
        opening=next((row for row in found if row.is_opening), None),
        accepted=next((row for row in found if row.is_accepted), None),
        replies=shown,
        earlier=max(0, others.count() - len(shown)) if len(rows) > WINDOW else 0,
    )


def read_head(actor: Actor, conversation_id: int) -> Thread:
    """The conversation without its messages. Raises `NotFound`. At most 4 queries."""
    return _Reader(actor, conversation_id).thread()


def read_one(actor: Actor, message_id: int) -> tuple[Thread, ThreadMessage]:
    """A message with its conversation. Raises `NotFound`."""
    conversation_id = get_message(actor, message_id).conversation_id
    reader = _Reader(actor, conversation_id)
    return reader.thread(), reader.read(Q(pk=message_id))[0]


def may_edit(actor: Actor, message_id: int) -> Decision:
    """Raises `NotFound`."""
    return policies.may_edit(actor, get_message(actor, message_id))


def wordings(actor: Actor, message_id: int) -> list[MessageRevision]:
    """The older wordings, newest first; none of one that was removed. Raises `NotFound`."""
    message = get_message(actor, message_id)
    if message.removed_at is not None:
        return []
    return list(MessageRevision.objects.filter(message=message).order_by("-written_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is shown: on the conversation's page, or on that of the messages before `before`."""

    conversation_id: int
    before: int | None


def place_of(actor: Actor, message_id: int) -> Place:
    """Raises `NotFound`."""
    message = get_message(actor, message_id)
    conversation = message.conversation
    newer = list(
        beside(in_order(conversation), conversation, message_id, is_before=False).values_list("pk", flat=True)[
            : WINDOW + 1
        ]
    )
    is_on_top = message_id == conversation.accepted_message_id
    if len(newer) < WINDOW or is_on_top or not _is_answer(conversation, message_id):
        return Place(conversation.pk, None)
    return Place(conversation.pk, newer[WINDOW // 2])


def _is_answer(conversation: Conversation, message_id: int) -> bool:
    return in_order(conversation).values_list("pk", flat=True).first() != message_id


def read_messages(actor: Actor, conversation_id: int, message_ids: Sequence[int]) -> list[ThreadMessage]:
    """These messages of a conversation, in order, for a page that has the others. Raises `NotFound`."""
    return _Reader(actor, conversation_id).read(Q(pk__in=list(message_ids)[:WINDOW]))


def messages_after(actor: Actor, conversation_id: int, after: int) -> list[ThreadMessage]:
    """What came after message `after`, at most `WINDOW`: how a page catches up after a lost connection."""
    reader = _Reader(actor, conversation_id)
    newer = beside(in_order(reader.conversation), reader.conversation, after, is_before=False)
    return reader.read(Q(pk__in=newer.values("pk")[:WINDOW]))


def messages_since(actor: Actor, conversation_id: int, since: datetime) -> list[ThreadMessage]:
    """The first `WINDOW` that were posted since then, merged ones among them: how a page looks at all it shows again.

    Raises `NotFound`.
    """
    reader = _Reader(actor, conversation_id)
    newer = in_order(reader.conversation).filter(posted_at__gte=since)
    return reader.read(Q(pk__in=newer.values("pk")[:WINDOW]))


def in_order(conversation: Conversation) -> QuerySet[Message]:
    """All messages of a conversation that was read for its reader, oldest first."""
    return Message.objects.filter(conversation=conversation).order_by("posted_at", "pk")


def beside(
    messages: QuerySet[Message], conversation: Conversation, message_id: int, *, is_before: bool
) -> QuerySet[Message]:
    """Those on one side of a message of the conversation; all of them when there is no such message."""
    edge = Message.objects.filter(pk=message_id, conversation=conversation).values_list("posted_at", "pk").first()
    if edge is None:
        return messages
    if is_before:
        return messages.filter(Q(posted_at__lt=edge[0]) | Q(posted_at=edge[0], pk__lt=edge[1]))
    return messages.filter(Q(posted_at__gt=edge[0]) | Q(posted_at=edge[0], pk__gt=edge[1]))


def _with_facts(actor: Actor, conversation_id: int) -> Conversation:
    """The conversation with what the actor has to do with it, in one query and one for the channel's stewards."""
    me = actor.member_id or 0
    of_this = {"conversation": OuterRef("pk")}
    own = ConversationFollowing.objects.filter(**of_this, member_id=me)
    opening = Message.objects.filter(**of_this).order_by("posted_at", "pk")
    is_open = Q(answered_at=None, passed_on_at=None)
    asked = AskedMember.objects.filter(**of_this).order_by("asked_at").annotate(is_open=is_open)
    split = visible_conversations(actor).filter(split_from=OuterRef("pk")).order_by("pk")
    found = (
        visible_conversations(actor)
        .select_related("channel", "started_by", "accepted_by", "accepted_message", "recording")
        .prefetch_related("channel__stewardships__member")
        .annotate(
            opening_id=Subquery(opening.values("pk")[:1]),
            own_seen_at=Subquery(own.values("seen_at")[:1]),
            is_followed=Exists(own.filter(muted_at=None)),
            is_hidden_asker=Exists(HiddenAsker.objects.filter(**of_this, member_id=me)),
            says_me_too=Exists(MeToo.objects.filter(**of_this, member_id=me)),
            asked_ones=ArraySubquery(
                asked.values(one=JSONObject(member_id="member_id", name="member__name", is_open="is_open"))
            ),
            began_in=Subquery(visible_conversations(actor).filter(pk=OuterRef("split_from_id")).values("title")[:1]),
            split_ones=ArraySubquery(split.values(one=JSONObject(conversation_id="pk", title="title"))[:20]),
        )
        .filter(pk=conversation_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


class _Reader:
    """Reads messages of one conversation for one actor. Raises `NotFound`."""

    def __init__(self, actor: Actor, conversation_id: int) -> None:
        found: Any = _with_facts(actor, conversation_id)
        self.actor = actor
        self.conversation: Conversation = found
        self.opening_id: int | None = found.opening_id
        self.seen_at: datetime | None = found.own_seen_at
        self.is_following: bool = found.is_followed
        self.says_me_too: bool = found.says_me_too
        self.asked: list[dict[str, Any]] = found.asked_ones
        self.split_off: list[dict[str, Any]] = found.split_ones
        self.standing = policies.Standing(actor, found, is_hidden_asker=found.is_hidden_asker)
        self.may_accept = bool(self.standing.may_accept())

    def thread(
        self,
        *,
        opening: ThreadMessage | None = None,
        accepted: ThreadMessage | None = None,
        replies: Sequence[ThreadMessage] = (),
        earlier: int = 0,
    ) -> Thread:
        conversation = self.conversation
        me_too = conversation.me_toos.select_related("member").order_by("said_at")[:3]
        return Thread(
            conversation=conversation,
            opening_id=self.opening_id,
            opening=opening,
            accepted=accepted,
            replies=replies,
            earlier=earlier,
            me_too=[one.member for one in me_too] if conversation.me_too_count else [],
            says_me_too=self.says_me_too,
            is_asker=self.standing.is_asker,
            is_following=self.is_following,
            asked=[Asked(**one) for one in self.asked],
            seen_at=self.seen_at,
            may_accept=self.may_accept,
            may_arrange=bool(self.standing.may_arrange()),
            may_post=bool(policies.may_post(self.actor, conversation)),
            split_off=[SplitOff(**one) for one in self.split_off],
            reveals=list(conversation.reveals.select_related("revealed_to").order_by("revealed_at"))
            if self.standing.is_asker and conversation.started_by_id is None
            else (),
        )

    def read(self, which: Q) -> list[ThreadMessage]:
        """Those messages, in order: two queries, and one when there are attachments."""
        giver = None if self.standing.is_asker and self.conversation.is_asker_hidden else self.actor.member_id
        thanked = MessageThanks.objects.filter(message=OuterRef("pk"), giver_id=giver)
        signs = Reaction.objects.filter(message=OuterRef("pk")).order_by("given_at")
        found = (
            Message.objects.filter(which, conversation=self.conversation)
            .select_related("author", "recording__captions", "recording__media_file", "reply_to__author", "removed_by")
            .prefetch_related(
                Prefetch("attachments", MessageAttachment.objects.select_related("media_file").order_by("pk"))
            )
            .annotate(
                has_thanked=Exists(thanked),
                hears=Exists(visible_recordings(self.actor).filter(pk=OuterRef("recording_id"))),
                thankers=ArraySubquery(
                    MessageThanks.objects.filter(message=OuterRef("pk"), giver__isnull=False)
                    .order_by("given_at")
                    .values("giver__name")[:1]
                ),
                signs=ArraySubquery(signs.values(one=JSONObject(emoji="emoji", member_id="member_id"))),
            )
            .order_by("posted_at", "pk")
        )
        return [self._row(message) for message in found]

    def _row(self, message: Any) -> ThreadMessage:
        message.conversation = self.conversation
        standing, may_accept = self.standing, self.may_accept
        is_own = standing.is_own(message)
        removed = message.removed_at is not None
        is_opening = message.pk == self.opening_id
        is_accepted = message.pk == self.conversation.accepted_message_id
        return ThreadMessage(
            message=message,
            author=message.author,
            recording=message.recording if message.hears and not removed else None,
            has_recording=message.recording_id is not None and not removed,
            attachments=() if removed else list(message.attachments.all()),
            reactions=() if removed else self._counted(message.signs),
            reply_to=message.reply_to,
            has_thanked=message.has_thanked,
            is_own=is_own,
            is_accepted=is_accepted,
            is_new=self.seen_at is not None and message.posted_at > self.seen_at and not is_own,
            may_edit=bool(standing.may_edit(message)),
            may_remove=bool((standing.may_restore if removed else standing.may_remove)(message)),
            may_thank=not is_own and not removed and message.author_id is not None and not self.actor.is_guest,
            may_accept=may_accept and not removed and not is_opening and not is_accepted,
            is_opening=is_opening,
            thankers=message.thankers,
        )

    def _counted(self, signs: Sequence[dict[str, Any]]) -> list[ReactionCount]:
        given: dict[str, list[int]] = defaultdict(list)
        for sign in signs:
            given[sign["emoji"]].append(sign["member_id"])
        me = self.actor.member_id
        return [ReactionCount(emoji, len(members), me in members) for emoji, members in given.items()]
