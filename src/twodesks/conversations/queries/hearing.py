"""Who hears of what is new. For operations and notifications, never for a page that peers see."""

from django.db.models import QuerySet

from twodesks.channels.queries import members_who_see
from twodesks.conversations.models import AskedMember, Conversation, ConversationFollowing, HiddenAsker, Mention


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
