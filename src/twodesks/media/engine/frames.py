"""How a media process talks to its parent: framed messages over a pipe.

A frame is one byte of kind, four of length (big-endian), and the content: `M` for a JSON message, `P` for sound.
"""

import json
import struct
from typing import Any, BinaryIO, Protocol

_HEAD = struct.Struct(">cI")
MESSAGE = b"M"
PCM = b"P"
LARGEST = 16 << 20

Frame = tuple[bytes, bytes]


class Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...


class Sender:
    """The child's end."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe

    def message(self, **content: Any) -> None:
        self._send(MESSAGE, json.dumps(content).encode())

    def pcm(self, samples: bytes) -> None:
        self._send(PCM, samples)

    def _send(self, kind: bytes, content: bytes) -> None:
        self._pipe.write(_HEAD.pack(kind, len(content)) + content)
        self._pipe.flush()


def receive(pipe: Readable) -> Frame | None:
    """The next frame; None when the child has closed its end. One cut off by its death is dropped."""
    head = _exactly(pipe, _HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    content = _exactly(pipe, length) if length <= LARGEST else b""
    return (kind, content) if len(content) == length else None


def _exactly(pipe: Readable, count: int) -> bytes:
    parts = b""
    while len(parts) < count and (part := pipe.read(count - len(parts))):
        parts += part
    return parts
