"""Who hears of what is new. For operations and notifications, never for a page that peers see."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from twodesks.channels.queries import ids_who_see, members_who_see
from twodesks.conversations.engine.words import link_mentions, mentioned_ids, names_of
from twodesks.conversations.models import (
    AskedMember,
    Conversation,
    ConversationFollowing,
    HiddenAsker,
    Mention,
    Message,
    MessageThanks,
    Reaction,
)
from twodesks.kit.actor import Actor
from twodesks.people.queries import active_members, members

if TYPE_CHECKING:
    from twodesks.people.models import Member


def followers_of(conversation_id: int) -> set[int]:
    """Members who follow it and have not muted it; a hidden asker among them."""
    found = ConversationFollowing.objects.filter(conversation_id=conversation_id, muted_at=None)
    return set(found.values_list("member_id", flat=True))


def asker_of(conversation: Conversation) -> int | None:
    """Who asked, hidden or not."""
    if conversation.started_by_id is not None:
        return conversation.started_by_id
    return HiddenAsker.objects.filter(conversation=conversation).values_list("member_id", flat=True).first()


def muted_in(conversation_id: int) -> set[int]:
    """Members who do not want to hear of it."""
    found = ConversationFollowing.objects.filter(conversation_id=conversation_id, muted_at__isnull=False)
    return set(found.values_list("member_id", flat=True))


def mentioned_in(message_id: int) -> set[int]:
    return set(Mention.objects.filter(message_id=message_id).values_list("member_id", flat=True))


def not_told(actor: Actor, message: Message) -> "list[Member]":
    """Members named in a message of the actor's whom nobody tells, as they do not see the channel; of those the actor
    knows of, by name."""
    if "@" not in message.body:
        return []
    known = members(actor).filter(deactivated_at=None)
    named = mentioned_ids(link_mentions(message.body, names_of(known.values_list("pk", "name"))))
    return list(known.filter(pk__in=set(named) - ids_who_see(message.conversation.channel_id)))


def asked_in(conversation_id: int) -> set[int]:
    """Those it was put to, who have neither answered nor passed it on."""
    waiting = AskedMember.objects.filter(conversation_id=conversation_id, answered_at=None, passed_on_at=None)
    return set(waiting.values_list("member_id", flat=True))


def followings_of(member_id: int) -> QuerySet[ConversationFollowing]:
    """What a member follows and how far they have read it; for the member alone."""
    return ConversationFollowing.objects.filter(member_id=member_id)


def cannot_see(conversation: Conversation) -> set[int]:
    """Members with a part in it who do not see its channel now."""
    inside = {member_id for member_id, _ in members_who_see(conversation.channel_id)}
    hearing = ConversationFollowing.objects.filter(conversation=conversation).values_list("member_id", flat=True)
    asked = AskedMember.objects.filter(conversation=conversation).values_list("member_id", flat=True)
    return (set(hearing) | set(asked)) - inside


def onlookers(conversation_id: int, message_ids: Collection[int], among: Collection[int]) -> "dict[int, list[Member]]":
    """By message, those of these members to whom it looks the same but for the time zone, as things are now.

    Left out are those who see no more of it than before or something of their own in it: who may not see the channel,
    who wrote the message, asked, thanked or reacted, and those who look after the channel. Nobody is left for a message
    that was removed, or that shows what not every reader of the channel may see.
    """
    found = Message.objects.filter(
        pk__in=message_ids, conversation_id=conversation_id, conversation__merged_into=None, removed_at=None
    ).select_related("conversation__channel", "recording", "reply_to")
    messages = [message for message in found.order_by("pk") if _is_for_all(message)]
    if not messages:
        return {}
    conversation = messages[0].conversation
    apart: dict[int, set[int | None]] = {message.pk: {message.author_id} for message in messages}
    thanked = MessageThanks.objects.filter(message__in=messages).values_list("message_id", "giver_id")
    reacted = Reaction.objects.filter(message__in=messages).values_list("message_id", "member_id")
    for message_id, member_id in (*thanked, *reacted):
        apart[message_id].add(member_id)
    never = {asker_of(conversation)} | {one.member_id for one in conversation.channel.stewardships.all()}
    seeing = (set(among) & ids_who_see(conversation.channel_id)) - never
    members = [one for one in active_members().filter(pk__in=seeing) if not one.as_actor().is_administrator]
    return {pk: [one for one in members if one.pk not in own] for pk, own in apart.items()}


def _is_for_all(message: Message) -> bool:
    """Whether it shows nothing but what every reader of the channel may see."""
    conversation = message.conversation
    if message.recording is not None and message.recording.channel_id != conversation.channel_id:
        return False
    return message.reply_to is None or message.reply_to.conversation_id == conversation.pk
