"""How a media process talks to its parent: framed messages over a pipe.

A frame is one byte of kind, four of length (big-endian), and the content: `M` for a JSON message, `P` for sound.
"""

import json
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

_HEAD = struct.Struct(">cI")
MESSAGE = b"M"
PCM = b"P"
LARGEST = 16 << 20


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


def receive(pipe: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Frames until the child closes its end. One cut off by its death is dropped."""
    while len(head := _exactly(pipe, _HEAD.size)) == _HEAD.size:
        kind, length = _HEAD.unpack(head)
        if length > LARGEST:
            return
        content = _exactly(pipe, length)
        if len(content) < length:
            return
        yield kind, content


def _exactly(pipe: BinaryIO, count: int) -> bytes:
    parts = b""
    while len(parts) < count and (part := pipe.read(count - len(parts))):
        parts += part
    return parts
