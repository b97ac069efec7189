"""Notifications: who is told of what, in the page and by e-mail, and replies that come back by e-mail."""
