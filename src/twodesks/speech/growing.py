"""Read a file while it is still being written."""

import os
import time
from collections.abc import Callable
from pathlib import Path


class GrowingFile:
    """A source for AudioReader that waits at the end of the file until `is_complete` says that no more will come.

    It offers no `seek`, so that the demuxer reads on in order instead of looking for an index that is not there yet.
    `is_complete` may raise: that ends the reading.
    """

    def __init__(self, path: str | os.PathLike[str], is_complete: Callable[[], bool], *, poll_s: float = 0.2) -> None:
        self.name = Path(path).name
        self.caught_up = False
        self.start = b""
        self._handle = Path(path).open("rb", buffering=0)  # noqa: SIM115 - closed by close()
        self._is_complete = is_complete
        self._poll_s = poll_s

    def read(self, size: int = -1, /) -> bytes:
        """`caught_up` then says whether this had to wait, which is to say that the reader is as far as the writer."""
        self.caught_up = False
        while True:
            complete = self._is_complete()
            data = self._handle.read(size) or b""
            if data or complete:
                self.start = self.start or data[:16]
                return data
            self.caught_up = True
            time.sleep(self._poll_s)

    def close(self) -> None:
        self._handle.close()
