"""Reads about conversations. Other apps build their own visibility on `visible_conversations`."""

from twodesks.conversations.queries.finding import (
    get_attachment,
    get_conversation,
    get_message,
    may_hear,
    visible_conversations,
    visible_messages,
)

__all__ = [
    "get_attachment",
    "get_conversation",
    "get_message",
    "may_hear",
    "visible_conversations",
    "visible_messages",
]
