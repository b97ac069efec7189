"""A transcriber that needs no model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from twodesks.speech.transcriber import Heard
from twodesks.speech.windows import Window
from twodesks.speech.words import Word


@dataclass
class SecondsTranscriber:
    """Hears one word for each second of a window."""

    model_name: str = "seconds"
    batch_size: int = 4
    language: str = "en"
    asked: list[tuple[int, bool]] = field(default_factory=list)
    """For each call how many windows it had, and whether it was for a draft."""

    def transcribe(self, windows: Sequence[Window], *, language: str | None, draft: bool = False) -> list[Heard]:
        self.asked.append((len(windows), draft))
        return [Heard(self._words(window), language or self.language, 0.99) for window in windows]

    def _words(self, window: Window) -> list[Word]:
        starts = sorted({window.recording_ms(at / 4) // 1000 for at in range(window.speech_ms // 250)})
        return [Word(second * 1000 + 100, second * 1000 + 900, f"s{second}", 0.9) for second in starts]
