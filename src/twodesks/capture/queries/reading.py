"""The messages of a conversation, as the engines of language read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils import timezone

from twodesks.conversations.queries import get_conversation, visible_messages
from twodesks.kit.actor import Actor
from twodesks.language.drafting import Said, Voice
from twodesks.language.worth import Turn

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation, Message
    from twodesks.people.models import Member

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
    def people(self) -> dict[str, "Member"]:
        return {key_of(message): message.author for message in self.messages if message.author is not None}

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
    """Raises `NotFound`. Three queries, however many messages; of a longer one the first `MOST_MESSAGES`."""
    conversation = get_conversation(actor, conversation_id)
    messages = (
        visible_messages(actor)
        .filter(conversation=conversation)
        .select_related("author", "recording__captions")
        .prefetch_related("attachments__media_file")
        .annotate(reaction_count=Count("reactions"))
        .order_by("posted_at", "pk")[:MOST_MESSAGES]
    )
    return Heard(conversation, list(messages))


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
