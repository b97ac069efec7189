"""Speech for the demo recordings: Kokoro-82M (Apache-2.0) on onnxruntime, phonemes by espeak-ng.

Nothing of this is needed to run Twodesks; it only makes the recordings that ship with the demo workspace.
`tools/README.md` says what to install. One call turns a paragraph into samples, sentence by sentence.
"""

import hashlib
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

SAMPLE_RATE = 24_000
SENTENCE_PAUSE_S = 0.28
Samples = npt.NDArray[np.float32]

# espeak-ng's phonemes in the alphabet that the voices were trained on (misaki's British set).
ESPEAK_TO_KOKORO = {
    "ʔˌn\u0329": "tᵊn",
    "ʔn\u0329": "tᵊn",
    "ʔn": "tᵊn",
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
    "ə^l": "ᵊl",
    "e^ə": "ɛː",
    "i^ə": "ɪə",
    "ə^ʊ": "Q",
    "ʲo": "jo",
    "ʲə": "jə",
    "ʲ": "",
    "ɚ": "əɹ",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɐ": "ə",
    "ɬ": "l",
    "\u0303": "",
    "\u0329": "",
    "ʔ": "t",
    "e": "A",
    "o": "ɔ",
    "ɾ": "T",
}
PUNCTUATION = re.compile(r"([;:,.!?—…]+\s*)")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, kw_only=True)
class Voice:
    name: str
    speed: float


class Speaker:
    """One loaded model; voices are style files named as in the kokoro-js package."""

    def __init__(self, *, model: Path, vocabulary: Path, voices: Path, memory: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text("utf-8"))["vocab"]
        self._voices = voices
        self._memory = memory
        memory.mkdir(parents=True, exist_ok=True)

    def say(self, text: str, voice: Voice) -> Samples:
        pause = np.zeros(int(SENTENCE_PAUSE_S * SAMPLE_RATE), np.float32)
        parts: list[Samples] = []
        for sentence in SENTENCE_END.split(text.strip()):
            parts += [self._remembered(sentence, voice), pause]
        return np.concatenate(parts[:-1])

    def _remembered(self, sentence: str, voice: Voice) -> Samples:
        """Said once; a script that is changed in one place is not said anew in all others."""
        kept = self._memory / (hashlib.sha256(f"{voice}|{phonemes_of(sentence)}".encode()).hexdigest()[:24] + ".npy")
        if not kept.exists():
            np.save(kept, self._sentence(sentence, voice))
        return np.asarray(np.load(kept), np.float32)

    def _sentence(self, sentence: str, voice: Voice) -> Samples:
        phonemes = phonemes_of(sentence)
        ids = [self._vocabulary[letter] for letter in phonemes if letter in self._vocabulary]
        if len(ids) > 500:
            raise ValueError(f"too long for one breath, split it: {sentence[:60]}…")
        styles = np.fromfile(self._voices / f"{voice.name}.bin", np.float32).reshape(-1, 1, 256)
        outputs = self._session.run(
            None,
            {
                "tokens": np.array([[0, *ids, 0]], np.int64),
                "style": styles[len(ids)],
                "speed": np.array([voice.speed], np.float32),
            },
        )
        return trimmed(np.asarray(outputs[0], np.float32).reshape(-1))


def trimmed(samples: Samples) -> Samples:
    """Without the silence that the model puts at both ends; pauses are ours to set."""
    loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
    if not loud.size:
        return samples
    margin = SAMPLE_RATE // 20
    kept = samples[max(0, loud[0] - margin) : loud[-1] + margin].copy()
    fade = min(margin, kept.size)
    kept[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return kept


def phonemes_of(sentence: str) -> str:
    """Phonemes with the punctuation kept, since the voices take their melody from it."""
    pieces = PUNCTUATION.split(sentence)
    return "".join(piece if PUNCTUATION.fullmatch(piece) else _espeak(piece) for piece in pieces if piece).strip()


def _espeak(words: str) -> str:
    if not words.strip():
        return words
    answer = subprocess.run(
        ["espeak-ng", "-v", "en-gb", "-q", "--ipa", "--tie=^", words],
        check=True,
        capture_output=True,
        text=True,
    )
    phonemes = " ".join(answer.stdout.split())
    for espeak, kokoro in sorted(ESPEAK_TO_KOKORO.items(), key=lambda pair: -len(pair[0])):
        phonemes = phonemes.replace(espeak, kokoro)
    # The voices swallow an unstressed "I".
    return re.sub(r"(?<![^ ])I(?![^ ])", "ˌI", phonemes.replace("^", ""))
