"""`twodesks capture`: see twodesks.speech.command, which also works without Django."""

from twodesks.speech.command import capture

__all__ = ["capture"]
