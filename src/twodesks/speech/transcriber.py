"""What turns windows of speech into words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from twodesks.speech.windows import Window
from twodesks.speech.words import Word


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said in one window."""

    words: list[Word]
    language: str
    language_probability: float


class Transcriber(Protocol):
    """Implementations may be called from several threads."""

    @property
    def model_name(self) -> str: ...

    @property
    def batch_size(self) -> int:
        """How many windows at once are quickest."""
        ...

    def transcribe(self, windows: Sequence[Window], *, language: str | None, draft: bool = False) -> list[Heard]:
        """One Heard for each window. Without `language` it is recognised. A draft may be less careful, and sooner."""
        ...
