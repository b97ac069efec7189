"""Conversations: questions, discussions and walkthrough requests in channels, and the messages in them."""
