"""Make conversations findable by what was asked in them, answered, and said in voice notes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from twodesks.conversations.queries import messages_in_order, visible_conversations
from twodesks.kit.actor import system
from twodesks.kit.markdown import blocks
from twodesks.kit.operation import operation
from twodesks.search.engine.passages import MANY_WORDS, Piece, body_pieces, spoken_pieces
from twodesks.search.operations.replace_passages import Source, lock_sources, replace_passages

if TYPE_CHECKING:
    from twodesks.conversations.models import Conversation, Message

KIND = "conversation"
# What a passage of a conversation is, in `Passage.place`; the query puts an accepted answer before other replies.
ASKED, ACCEPTED, REPLY = "Question", "Accepted answer", "Reply"
# A reply of fewer words ("thanks, that was it") answers nobody's question.
FEWEST_WORDS = 3


@operation("search.index_conversations")
def index_conversations(*, conversation_ids: Sequence[int]) -> int:
    """Bring the passages of these conversations up to date, in the caller's transaction.

    For whoever sees their channel; merged ones and removed messages are taken out. `Piece.part_id` is the message.
    """
    with transaction.atomic():
        lock_sources(KIND, conversation_ids)
        kept = {found.pk: found for found in visible_conversations(system()).filter(pk__in=conversation_ids)}
        said = messages_in_order(system(), list(kept))
        sources = [
            _source(kept[conversation_id], said.get(conversation_id, []))
            if conversation_id in kept
            else Source(conversation_id)
            for conversation_id in conversation_ids
        ]
        return replace_passages(kind=KIND, sources=sources)


def _source(conversation: "Conversation", said: "Sequence[Message]") -> Source:
    return Source(
        source_id=conversation.pk,
        title=conversation.title,
        is_shared=True,
        channel_id=conversation.channel_id,
        owner_id=None,
        pieces=list(_pieces(conversation, said)),
    )


def _pieces(conversation: "Conversation", said: "Sequence[Message]") -> Iterator[Piece]:
    topics = ", ".join(conversation.topics)
    opening = said[0] if said else None
    first = Piece(text="", place=ASKED, context=topics, part_id=opening.pk if opening else None)
    if opening is None or opening.removed_at is not None or not opening.body.strip():
        yield first
    for run in _runs(conversation, [message for message in said if message.removed_at is None]):
        place = _place(conversation, run[0], opening)
        for number, piece in enumerate(_written(run)):
            if place == REPLY and len(piece.text.split()) < FEWEST_WORDS:
                continue
            context = topics if place == ASKED and number == 0 else piece.context
            yield replace(piece, place=place, context=context, part_id=run[0].pk)
        for message in run:
            yield from _spoken(message, place)


def _place(conversation: "Conversation", message: "Message", opening: "Message | None") -> str:
    if opening is not None and message.pk == opening.pk:
        return ASKED
    return ACCEPTED if message.pk == conversation.accepted_message_id else REPLY


def _runs(conversation: "Conversation", said: "Sequence[Message]") -> "Iterator[list[Message]]":
    """What one person writes in several short messages is read as one; the question and the answer stand alone."""
    run: list[Message] = []
    words = 0
    for number, message in enumerate(said):
        count = len(message.body.split())
        alone = number <= 1 or message.pk == conversation.accepted_message_id
        apart = not run or message.author_id != run[0].author_id or words + count > MANY_WORDS
        if run and (alone or apart or run[0].pk == conversation.accepted_message_id):
            yield run
            run, words = [], 0
        run.append(message)
        words += count
    if run:
        yield run


def _written(run: "Sequence[Message]") -> Iterator[Piece]:
    body = "\n\n".join(message.body for message in run if message.body.strip())
    yield from body_pieces(blocks(body)) if body else ()


def _spoken(message: "Message", place: str) -> Iterator[Piece]:
    recording = message.recording
    if recording is None or recording.captions is None:
        return
    for piece in spoken_pieces(recording.captions.cues, recording_id=recording.pk):
        yield replace(piece, place=place, part_id=message.pk)
