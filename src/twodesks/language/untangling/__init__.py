"""Untangling: unthreaded channel talk split into conversations, with who replies to whom. See docs/untangling.md."""

from twodesks.language.untangling.messages import ChatMessage, Link
from twodesks.language.untangling.untangler import Untangler, untangle

__all__ = ["ChatMessage", "Link", "Untangler", "untangle"]
