"""Bringing in what was said elsewhere: exports of chats and question sites, read safely and taken in once."""
