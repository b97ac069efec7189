"""The sound of a recording as 16 kHz mono, also while it is still arriving: tool `listen`.

Lines on standard input say how much of the file is acknowledged: `upto N` while it grows, `end N` when that is all.
"""

import os
import sys
import threading
from pathlib import Path
from typing import Any

from twodesks.media.engine.frames import Sender
from twodesks.media.engine.opening import open_media
from twodesks.media.engine.refusal import Refusal
from twodesks.speech.decoding import AudioReader
from twodesks.speech.problems import MediaProblem

_REASONS = {
    "media-empty": "empty",
    "media-unknown": "not-media",
    "media-no-audio": "no-audio",
    "media-truncated": "truncated",
}
# What begins a playlist or a script that names other files; containers begin with none of these.
_TEXT_STARTS = (b"#", b"ffconcat", b"<", b"{", b"[")


class AcknowledgedFile:
    """Bytes in order, never beyond what the server has acknowledged; reading waits for more."""

    def __init__(self, path: Path) -> None:
        self.name = "The recording"
        self._file = path.open("rb", buffering=0)
        self._limit = 0
        self._is_all = False
        self._at = 0
        self._changed = threading.Condition()

    def allow(self, limit: int, *, is_all: bool) -> None:
        with self._changed:
            self._limit = max(self._limit, limit)
            self._is_all = self._is_all or is_all
            self._changed.notify_all()

    def read(self, size: int, /) -> bytes:
        with self._changed:
            while self._at >= self._limit and not self._is_all:
                self._changed.wait()
            room = self._limit - self._at
        data = self._file.read(min(size, room)) if room > 0 else b""
        if self._at == 0 and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_TEXT_STARTS):
            raise Refusal("not-media", "This is text, not a recording. It is kept as it came.")
        self._at += len(data)
        return data


def hear(file: AcknowledgedFile) -> None:
    """Follow what the parent acknowledges; when it is gone, so is this process."""
    for line in sys.stdin.buffer:
        word, _, number = line.partition(b" ")
        file.allow(int(number), is_all=word == b"end")
    os._exit(3)


def run(arguments: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """`path`, `start_ms`, `is_whole` → sound from there on, in frames of kind `P`; then `heard_ms`.

    A whole file is opened with its index, so that it may be of any format; one that grows must be readable in order.
    """
    path = Path(arguments["path"])
    file = AcknowledgedFile(path)
    threading.Thread(target=hear, args=[file], daemon=True).start()
    try:
        if arguments.get("is_whole"):
            open_media(path).close()  # refuses what is not a container before anything else opens it
        with AudioReader(path if arguments.get("is_whole") else file) as reader:
            for block in reader.blocks(start_ms=arguments["start_ms"]):
                sender.pcm(block.astype("<f4", copy=False).tobytes())
            return {"heard_ms": reader.decoded_ms}
    except MediaProblem as problem:
        raise Refusal(_REASONS.get(problem.code, "not-media"), problem.detail) from problem
