"""The demo workspace: a small robot company, its people, what they know, and how it is loaded."""
