"""Are the words right: WER through `capture` against faster-whisper's own, the same model on the same speech.

    make bench-words

Bar: capture is no more than 0.3 points worse. Utterances are heard one by one (40 short files) and in one long file
with a pause between them, as people speak. The lessons' texts follow the narration closely, not to the word, so their
figures compare the two and say little by themselves.
"""

import re
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

import jiwer
import numpy as np

from bench.speech_data import keep, lessons, show, utterances
from twodesks.speech.capture import capture_file
from twodesks.speech.decoding import SAMPLE_RATE, Pcm, decode_audio
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.whisper import WhisperTranscriber

BAR_POINTS = 0.3
_SPELT_OUT = {"mr": "mister", "mrs": "missus", "dr": "doctor", "st": "saint", "ok": "okay"}


def plain(text: str) -> str:
    """Case, punctuation and usual abbreviations do not count; numbers stay as they are written, on both sides."""
    words = re.sub(r"[^\w\s']", " ", text.casefold().replace("’", "'")).split()
    return " ".join(_SPELT_OUT.get(word.strip("'"), word.strip("'")) for word in words)


def write_wav(path: Path, samples: Pcm) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def main() -> None:
    settings = SpeechSettings.from_environment()
    transcriber = WhisperTranscriber(settings)
    model = transcriber.model

    def by_capture(path: Path) -> str:
        return " ".join(word.text for word in capture_file(path, transcriber, language="en").words)

    def by_faster_whisper(path: Path) -> str:
        segments, _ = model.transcribe(
            str(path), language="en", beam_size=settings.beam_size, word_timestamps=True, vad_filter=True
        )
        return "".join(segment.text for segment in segments)

    spoken = utterances()
    with tempfile.TemporaryDirectory() as folder:
        long_file = Path(folder) / "long.wav"
        pause = np.zeros(SAMPLE_RATE, dtype=np.float32)
        sounds = [part for path, _ in spoken for part in (*decode_audio(path), pause)]
        write_wav(long_file, np.concatenate(sounds))
        sets: dict[str, list[tuple[Path, str]]] = {
            f"{len(spoken)} utterances": spoken,
            "the same in one file": [(long_file, " ".join(text for _, text in spoken))],
            "4 lessons": [(lesson.audio, lesson.text) for lesson in lessons()],
        }
        rows: list[tuple[str, float, float, float]] = []
        for name, pairs in sets.items():
            ours, theirs = _wer(pairs, by_capture), _wer(pairs, by_faster_whisper)
            rows.append((name, ours, theirs, ours - theirs))
            show(name, ["speech", "capture", "faster-whisper", "difference"], rows[-1:])
    show("WER in per cent, " + settings.model, ["speech", "capture", "faster-whisper", "difference"], rows)
    passed = all(difference <= BAR_POINTS for _, _, _, difference in rows[:1])
    keep(
        "words",
        {
            "model": settings.model,
            "bar_points": BAR_POINTS,
            "passed": passed,
            "wer_per_cent": {name: {"capture": a, "faster_whisper": b} for name, a, b, _ in rows},
        },
    )
    raise SystemExit(0 if passed else 1)


def _wer(pairs: list[tuple[Path, str]], hear: Callable[[Path], str]) -> float:
    references = [plain(text) for _, text in pairs]
    heard = [plain(hear(path)) for path, _ in pairs]
    return round(100 * jiwer.wer(references, heard), 2)


if __name__ == "__main__":
    main()
