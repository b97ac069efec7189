"""Reads about conversations. Other apps build their own visibility on `visible_conversations`."""

from twodesks.conversations.queries.finding import (
    conversations_with_recording,
    get_attachment,
    get_conversation,
    get_message,
    may_hear,
    messages_in_order,
    visible_conversations,
    visible_messages,
)

__all__ = [
    "conversations_with_recording",
    "get_attachment",
    "get_conversation",
    "get_message",
    "may_hear",
    "messages_in_order",
    "visible_conversations",
    "visible_messages",
]
