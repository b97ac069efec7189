"""Ask a question, begin a discussion, or ask to be shown something."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post, may_see
from twodesks.conversations import policies
from twodesks.conversations.engine.words import clean_title
from twodesks.conversations.models import AskedMember, Conversation, ConversationFollowing, HiddenAsker
from twodesks.conversations.operations.post_message import add_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Conflict, Invalid
from twodesks.people.queries import get_member

FIRST_ALONE = timedelta(minutes=30)
"""How long a question waits for the one it was put to before the rest of the channel hears of it."""


@operation("conversations.start_conversation")
def start_conversation(
    *,
    actor: Actor,
    channel_id: int,
    title: str,
    body: str = "",
    kind: str = Conversation.Kind.QUESTION,
    anonymous: bool = False,
    asked_member_id: int | None = None,
    recording_id: int | None = None,
    attachment_ids: Sequence[int] = (),
    client_key: str | None = None,
) -> Conversation:
    """Begin a conversation in a channel. `anonymous` hides the asker from peers, for good.

    `asked_member_id` puts it to somebody first; the rest of the channel hears of it after `FIRST_ALONE`. A retry with
    the same `client_key` answers the conversation that the first try made.

    Raises `Invalid` without a title, for somebody who may not see the channel, and for oneself.
    """
    member = actor.require_member()
    if kind not in Conversation.Kind.values:
        raise Invalid("It is a question, a discussion, or a request to be shown something.", field="kind")
    title = clean_title(title)
    channel = get_channel(actor, channel_id)
    may_post(actor, channel).require()
    if anonymous and (recording_id is not None):
        raise Invalid("A voice gives away who speaks. Write the question, or ask with your name.", field="recording")
    if asked_member_id is not None:
        check_asked(actor, asked_member_id, channel_id)
    known = _made_before(actor, channel_id, client_key)
    if known is not None:
        return known
    with transaction.atomic():
        conversation = Conversation.objects.create(
            channel=channel, kind=kind, title=title, started_by_id=None if anonymous else member
        )
        if anonymous:
            HiddenAsker.objects.create(conversation=conversation, member_id=member)
        ConversationFollowing.objects.create(conversation=conversation, member_id=member, seen_at=timezone.now())
        if asked_member_id is not None:
            AskedMember.objects.create(
                conversation=conversation,
                member_id=asked_member_id,
                opened_to_channel_at=timezone.now() + FIRST_ALONE,
            )
        message = add_message(
            actor=actor, conversation=conversation, body=body, recording_id=recording_id,
            attachment_ids=attachment_ids, client_key=client_key,
        )  # fmt: skip
        record_statement(
            actor=policies.as_peers_see(actor, conversation),
            verb="asked" if kind != Conversation.Kind.DISCUSSION else "started",
            object_type="conversation",
            object_id=conversation.pk,
            channel_id=channel.pk,
            context={"kind": kind, "message_id": message.pk, "asked_member_id": asked_member_id},
        )
        publish(f"channel:{channel.pk}", "conversation", id=conversation.pk)
    return conversation


def check_asked(actor: Actor, asked_member_id: int, channel_id: int) -> None:
    if asked_member_id == actor.member_id:
        raise Invalid("Choose somebody else to ask, or ask the channel.", field="asked_member")
    asked = get_member(actor, asked_member_id)
    if not asked.is_active or not may_see(asked.as_actor(), channel_id):
        raise Invalid(
            f"{asked.name} cannot read this channel. Choose another channel, or somebody in it.", field="asked_member"
        )


def _made_before(actor: Actor, channel_id: int, client_key: str | None) -> Conversation | None:
    if client_key is None:
        return None
    found = Conversation.objects.filter(channel_id=channel_id, messages__client_key=client_key).first()
    if found is not None and not policies.is_asker(actor, found):
        raise Conflict("That was sent already by somebody else. Reload the page; what you wrote is kept.")
    return found
