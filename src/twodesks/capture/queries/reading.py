"""The messages of a conversation, as the engines of language read them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, prefetch_related_objects
from django.utils import timezone

from twodesks.conversations.queries import visible_conversations, visible_messages
from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.language.drafting import Said, Voice
from twodesks.language.worth import Turn

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation, Message

MOST_MESSAGES = 2_000


@dataclass(frozen=True, slots=True)
class Heard:
    """A conversation with its messages in order, removed ones left out. The first is what it began with."""

    conversation: "Conversation"
    messages: Sequence["Message"]

    @property
    def names(self) -> dict[str, str]:
        """First names by author's key; a hidden asker has none."""
        return {key_of(message): message.author.first_name for message in self.messages if message.author is not None}

    @property
    def asked_again(self) -> int:
        """How many others asked the same: those who said so, and conversations that were merged into this one."""
        return self.conversation.me_too_count + int(getattr(self.conversation, "merged_count", 0))

    @property
    def voice_notes(self) -> set[int]:
        """Messages with a recording that has sound alone."""
        return {
            message.pk for message in self.messages
            if message.recording is not None and message.recording.kind == message.recording.Kind.VOICE
        }  # fmt: skip

    @property
    def labels(self) -> dict[int, str]:
        """Who said it, and on which day, by message id."""
        return {message.pk: _label(message) for message in self.messages}

    @property
    def texts(self) -> dict[int, str]:
        """All words of a message by its id: written and spoken."""
        return {
            said.id: "\n".join([said.text, *(words for _, _, words in said.voice.cues)] if said.voice else [said.text])
            for said in self.said()
        }

    def said(self, message_ids: Sequence[int] | None = None) -> list[Said]:
        wanted = None if message_ids is None else set(message_ids)
        return [
            _said(self.conversation, message, is_opening=place == 0)
            for place, message in enumerate(self.messages)
            if wanted is None or message.pk in wanted
        ]

    def turns(self) -> list[Turn]:
        places = {message.pk: place for place, message in enumerate(self.messages)}
        return [
            Turn(
                author=key_of(message),
                text=_text(self.conversation, message, is_opening=place == 0),
                at=message.posted_at.timestamp(),
                reply_to=places.get(message.reply_to_id or 0),
                thanks=message.thanks_count,
                reactions=getattr(message, "reaction_count", 0),
                accepted=message.pk == self.conversation.accepted_message_id,
                attachments=len(message.attachments.all()),
                spoken_s=(message.recording.duration_ms or 0) / 1000 if message.recording is not None else 0.0,
            )
            for place, message in enumerate(self.messages)
        ]


def hear(actor: Actor, conversation_id: int) -> Heard:
    """Raises `NotFound`. As many queries however many messages; of a longer one the first `MOST_MESSAGES`."""
    found = hear_all(actor, [conversation_id])
    if not found:
        raise NotFound
    return found[0]


def hear_all(actor: Actor, conversation_ids: Collection[int]) -> list[Heard]:
    """Those of these that the actor sees, in the order of their numbers; a few queries for all of them."""
    conversations = (
        visible_conversations(actor)
        .filter(pk__in=conversation_ids)
        .select_related("channel")
        .annotate(merged_count=Count("merged_from"))
        .order_by("pk")
    )
    found = {conversation.pk: conversation for conversation in conversations}
    said: dict[int, list[Message]] = {pk: [] for pk in found}
    for message in _messages(actor, found.values()):
        said[message.conversation_id].append(message)
    return [Heard(conversation, said[pk]) for pk, conversation in found.items()]


def _messages(actor: Actor, conversations: "Iterable[Conversation]") -> "list[Message]":
    """What hangs on them is fetched by kind: a join would repeat every author and bring columns of nothing."""
    long = {one.pk for one in conversations if one.message_count > MOST_MESSAGES}
    short = [one.pk for one in conversations if one.pk not in long]
    ordered = visible_messages(actor).order_by("conversation_id", "posted_at", "pk")
    messages = list(ordered.filter(conversation__in=short)) if short else []
    for pk in sorted(long):
        messages.extend(ordered.filter(conversation=pk)[:MOST_MESSAGES])
    prefetch_related_objects(messages, "author", "recording__captions", "attachments__media_file")
    reacted = visible_messages(actor).filter(conversation__in=[*short, *long], reactions__isnull=False)
    counts = dict(reacted.values("pk").annotate(count=Count("reactions")).values_list("pk", "count"))
    for message in messages:
        vars(message)["reaction_count"] = counts.get(message.pk, 0)
    return messages


def key_of(message: "Message") -> str:
    """Empty for the hidden asker."""
    return str(message.author_id) if message.author_id is not None else ""


def _text(conversation: "Conversation", message: "Message", *, is_opening: bool) -> str:
    """The title of a conversation is the first thing that was said in it."""
    title = conversation.title.strip()
    if not is_opening or not title or message.body.lstrip().startswith(title.rstrip("…")):
        return message.body
    return f"{title}\n\n{message.body}".rstrip()


def _said(conversation: "Conversation", message: "Message", *, is_opening: bool) -> Said:
    is_question = is_opening and conversation.kind != conversation.Kind.DISCUSSION
    return Said(
        id=message.pk,
        author=key_of(message),
        text=_text(conversation, message, is_opening=is_opening),
        kind="question" if is_question else "answer" if message.pk == conversation.accepted_message_id else "reply",
        accepted=message.pk == conversation.accepted_message_id,
        thanks=message.thanks_count,
        files=tuple(
            (one.media_file.filename, f"/messages/{message.pk}/files/{one.pk}/") for one in message.attachments.all()
        ),
        voice=_voice(message),
    )


def _voice(message: "Message") -> Voice | None:
    recording = message.recording
    if recording is None or recording.discarded_at is not None or not recording.duration_ms:
        return None
    cues = recording.captions.cues if recording.captions is not None else ()
    who = message.author.first_name if message.author is not None else ""
    return Voice(
        recording_id=recording.pk,
        title=recording.title.strip() or (f"{who} explains" if who else "The recording"),
        start_ms=0,
        end_ms=recording.duration_ms,
        cues=tuple((int(cue["start_ms"]), int(cue["end_ms"]), str(cue["text"])) for cue in cues),
    )


def _label(message: "Message") -> str:
    said = timezone.localtime(message.posted_at)
    who = message.author.first_name if message.author is not None else "Who asked"
    year = "" if said.year == timezone.localtime().year else f" {said.year}"
    return f"{who}, {said.day} {said:%b}{year}"
