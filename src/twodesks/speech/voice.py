"""Where somebody speaks: Silero's voice detector, fed as the sound arrives."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from faster_whisper.utils import get_assets_path

from twodesks.speech.decoding import Pcm

FRAME_SAMPLES = 512
_CONTEXT_SAMPLES = 64
_STATE_SHAPE = (1, 1, 128)


@lru_cache(maxsize=1)
def _session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(
        Path(get_assets_path()) / "silero_vad_v6.onnx", sess_options=options, providers=["CPUExecutionProvider"]
    )


class VoiceDetector:
    """Gives each 32 ms frame its probability of speech, the same however the sound is cut into blocks."""

    def __init__(self) -> None:
        self._h = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._c = np.zeros(_STATE_SHAPE, dtype=np.float32)
        self._context = np.zeros(_CONTEXT_SAMPLES, dtype=np.float32)
        self._rest = np.zeros(0, dtype=np.float32)

    def feed(self, pcm: Pcm) -> npt.NDArray[np.float32]:
        samples = np.concatenate([self._rest, pcm])
        count = len(samples) // FRAME_SAMPLES
        used = count * FRAME_SAMPLES
        self._rest = samples[used:]
        if not count:
            return np.zeros(0, dtype=np.float32)
        frames = samples[:used].reshape(count, FRAME_SAMPLES)
        contexts = np.vstack([self._context, frames[:-1, -_CONTEXT_SAMPLES:]])
        self._context = frames[-1, -_CONTEXT_SAMPLES:]
        output, self._h, self._c = _session().run(
            None, {"input": np.hstack([contexts, frames]), "h": self._h, "c": self._c}
        )
        return np.asarray(output, dtype=np.float32).reshape(-1)
