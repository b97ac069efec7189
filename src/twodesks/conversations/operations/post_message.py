"""Say something in a conversation: an answer, a reply, a voice note, a recording, a file."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import members_who_see
from twodesks.conversations import policies
from twodesks.conversations.engine.sending import sending_key
from twodesks.conversations.engine.words import clean_body, link_mentions, mentioned_ids, names_of
from twodesks.conversations.models import (
    AskedMember,
    Conversation,
    ConversationFollowing,
    Mention,
    Message,
    MessageAttachment,
)
from twodesks.conversations.queries.finding import get_conversation
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
from twodesks.recordings.operations.file_recording import file_recording
from twodesks.recordings.queries import get_recording


@operation("conversations.post_message")
def post_message(
    *,
    actor: Actor,
    conversation_id: int,
    body: str = "",
    reply_to_id: int | None = None,
    recording_id: int | None = None,
    attachment_ids: Sequence[int] = (),
    client_key: str | None = None,
) -> Message:
    """Add a message. Whoever posts follows the conversation from then on, and has read it up to there.

    A retry with the same `client_key` answers the message that the first try made, so that a lost connection doubles
    nothing; other words under that key are another message. Raises `Invalid` when there is nothing in it, `Denied` in
    an archived channel.
    """
    conversation = get_conversation(actor, conversation_id)
    policies.may_post(actor, conversation).require()
    sent: dict[str, Any] = {"body": body, "recording_id": recording_id, "attachment_ids": attachment_ids}
    key, known = _known(actor, conversation, client_key, **sent)
    if known is not None:
        return known
    if not body.strip() and recording_id is None and not attachment_ids:
        raise Invalid("There is nothing to send yet. Write something, say it, or attach a file.", field="body")
    if policies.speaks_hidden(actor, conversation) and recording_id is not None:
        raise Invalid("A voice gives away who speaks. Write it, and you stay unnamed.", field="recording")
    try:
        return _post(actor, conversation, reply_to_id=reply_to_id, client_key=key, **sent)
    except IntegrityError:
        # The same was sent twice at the same moment, and the other was quicker.
        key, known = _known(actor, conversation, client_key, **sent)
        if known is None:
            raise
        return known


def _post(
    actor: Actor,
    conversation: Conversation,
    *,
    body: str,
    reply_to_id: int | None,
    recording_id: int | None,
    attachment_ids: Sequence[int],
    client_key: str | None,
) -> Message:
    with transaction.atomic():
        message = add_message(
            actor=actor, conversation=conversation, body=body, reply_to_id=reply_to_id, recording_id=recording_id,
            attachment_ids=attachment_ids, client_key=client_key,
        )  # fmt: skip
        if not policies.speaks_hidden(actor, conversation):
            # Somebody may pass a question on to whoever asked it without a name, to see whether that changes anything.
            AskedMember.objects.filter(
                conversation=conversation, member_id=actor.require_member(), answered_at=None
            ).update(answered_at=timezone.now())
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="answered" if _is_answer(conversation, message) else "commented",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=conversation.channel_id,
            context={"message_id": message.pk, "recording_id": recording_id, "reply_to_id": message.reply_to_id},
        )
    return message


def add_message(
    *,
    actor: Actor,
    conversation: Conversation,
    body: str,
    reply_to_id: int | None = None,
    recording_id: int | None = None,
    attachment_ids: Sequence[int] = (),
    client_key: str | None = None,
) -> Message:
    """The row with all that hangs on it; the caller has authorised, and records the statement with it."""
    member = actor.require_member()
    hidden = policies.speaks_hidden(actor, conversation)
    body = clean_body(body)
    who_sees = members_who_see(conversation.channel_id) if "@" in body else []
    body = link_mentions(body, names_of(who_sees))
    if reply_to_id is not None and not Message.objects.filter(pk=reply_to_id, conversation=conversation).exists():
        raise Invalid("What you reply to is no longer in this conversation. Reload the page; your words are kept.")
    now = timezone.now()
    message = Message.objects.create(
        conversation=conversation,
        author_id=None if hidden else member,
        body=body,
        reply_to_id=reply_to_id,
        recording_id=_shared_recording(actor, conversation, recording_id),
        posted_at=now,
        client_key=client_key,
    )
    _attach(actor, message, attachment_ids)
    note_mentions(message, {member_id for member_id, _ in who_sees})
    is_opening = conversation.message_count == 0
    Conversation.objects.filter(pk=conversation.pk).update(
        message_count=F("message_count") + 1,
        answer_count=F("answer_count") + (0 if is_opening or policies.is_asker(actor, conversation) else 1),
        last_message_at=now,
    )
    conversation.message_count += 1
    # Whoever posts has read what stands there, and their own words are no news to them.
    ConversationFollowing.objects.bulk_create(
        [ConversationFollowing(conversation=conversation, member_id=member, seen_at=now)],
        update_conflicts=True,
        unique_fields=["conversation", "member"],
        update_fields=["seen_at"],
    )
    publish(f"conversation:{conversation.pk}", "message", id=message.pk)
    return message


def note_mentions(message: Message, who_sees: set[int]) -> list[int]:
    """Rows for those named who may see it; a name of somebody who may not stays a name, and nobody is told.

    Answers with all who are named now.
    """
    wanted = [member_id for member_id in mentioned_ids(message.body) if member_id in who_sees]
    Mention.objects.filter(message=message).exclude(member_id__in=wanted).delete()
    Mention.objects.bulk_create(
        [Mention(message=message, member_id=member_id) for member_id in wanted], ignore_conflicts=True
    )
    return wanted


def _shared_recording(actor: Actor, conversation: Conversation, recording_id: int | None) -> int | None:
    """The actor's own recording comes into the conversation's channel; another's must be there already."""
    if recording_id is None:
        return None
    recording = get_recording(actor, recording_id)
    if recording.channel_id == conversation.channel_id:
        return recording.pk
    if recording.owner_id != actor.member_id:
        raise Invalid("That recording is not shared with this channel. Ask who made it to put it there.")
    file_recording(actor=actor, recording_id=recording.pk, channel_id=conversation.channel_id)
    return recording.pk


def _attach(actor: Actor, message: Message, attachment_ids: Sequence[int]) -> None:
    if not attachment_ids:
        return
    wanted = list(dict.fromkeys(attachment_ids))
    waiting = MessageAttachment.objects.filter(pk__in=wanted, message=None, added_by_id=actor.require_member())
    if waiting.update(message=message) != len(wanted):
        raise Invalid("One of the files is no longer there. Attach it again; your words are kept.", field="attachments")


def _known(
    actor: Actor,
    conversation: Conversation,
    client_key: str | None,
    *,
    body: str,
    recording_id: int | None,
    attachment_ids: Sequence[int],
) -> tuple[str | None, Message | None]:
    """The key to keep, and what was sent under it already. A key that stands for something else gets another name."""
    if client_key is None:
        return None, None
    said = Message.objects.filter(conversation=conversation)
    known = said.filter(client_key=client_key).first()
    if known is None or (
        policies.is_own(actor, known)
        and known.recording_id == recording_id
        and _first_wording(known) == link_mentions(clean_body(body), names_of(members_who_see(conversation.channel_id)))
        and _names_of_files(message=known) == _names_of_files(pk__in=attachment_ids)
    ):
        return client_key, known
    key = sending_key(client_key, actor.member_id, clean_body(body), recording_id, sorted(attachment_ids))
    return key, said.filter(client_key=key).first()


def _first_wording(message: Message) -> str:
    first = message.revisions.order_by("written_at", "pk").values_list("body", flat=True).first()
    return message.body if first is None else first


def _names_of_files(**which: Any) -> list[tuple[str, int]]:
    """Of files, not of rows: a form without script sends its files anew."""
    found = MessageAttachment.objects.filter(**which)
    return sorted(found.values_list("media_file__filename", "media_file__total_bytes"))


def _is_answer(conversation: Conversation, message: Message) -> bool:
    is_asked = conversation.kind != Conversation.Kind.DISCUSSION
    return is_asked and message.author_id is not None and message.author_id != conversation.started_by_id
