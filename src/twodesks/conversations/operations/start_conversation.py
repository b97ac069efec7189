"""Ask a question, begin a discussion, or ask to be shown something."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from twodesks.activity.live import publish
from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post, may_see
from twodesks.conversations import policies
from twodesks.conversations.engine.sending import sending_key
from twodesks.conversations.engine.words import clean_title
from twodesks.conversations.models import AskedMember, Conversation, HiddenAsker
from twodesks.conversations.operations.post_message import add_message
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid
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
    the same `client_key` answers the conversation that the first try made; another question is another one, whatever
    its key.

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
    key = None
    if client_key is not None:
        key = sending_key(client_key, member, channel_id, kind, title, body, anonymous, asked_member_id)
        known = Conversation.objects.filter(client_key=key).first()
        if known is not None:
            return known
    conversation = Conversation(
        channel=channel, kind=kind, title=title, started_by_id=None if anonymous else member, client_key=key
    )
    try:
        _begin(
            actor, conversation, asked_member_id, body=body, recording_id=recording_id, attachment_ids=attachment_ids
        )
    except IntegrityError:
        # The same was sent twice at the same moment, and the other was quicker.
        known = Conversation.objects.filter(client_key=key).first() if key else None
        if known is None:
            raise
        return known
    return conversation


@transaction.atomic
def _begin(
    actor: Actor,
    conversation: Conversation,
    asked_member_id: int | None,
    *,
    body: str,
    recording_id: int | None,
    attachment_ids: Sequence[int],
) -> None:
    member = actor.require_member()
    conversation.save()
    if conversation.is_asker_hidden:
        HiddenAsker.objects.create(conversation=conversation, member_id=member)
    if asked_member_id is not None:
        AskedMember.objects.create(
            conversation=conversation,
            member_id=asked_member_id,
            opened_to_channel_at=timezone.now() + FIRST_ALONE,
        )
    message = add_message(
        actor=actor, conversation=conversation, body=body, recording_id=recording_id, attachment_ids=attachment_ids
    )
    record_statement(
        actor=policies.as_peers_see(actor, conversation),
        verb="asked" if conversation.kind != Conversation.Kind.DISCUSSION else "started",
        object_type="conversation",
        object_id=conversation.pk,
        channel_id=conversation.channel_id,
        context={"kind": conversation.kind, "message_id": message.pk, "asked_member_id": asked_member_id},
    )
    publish(f"channel:{conversation.channel_id}", "conversation", id=conversation.pk)


def check_asked(actor: Actor, asked_member_id: int, channel_id: int) -> None:
    if asked_member_id == actor.member_id:
        raise Invalid("Choose somebody else to ask, or ask the channel.", field="asked_member")
    asked = get_member(actor, asked_member_id)
    if not asked.is_active or not may_see(asked.as_actor(), channel_id):
        raise Invalid(
            f"{asked.name} cannot read this channel. Choose another channel, or somebody in it.", field="asked_member"
        )
