"""Open a file that may hold anything. Only inside a media process."""

from pathlib import Path
from typing import Any

import av

from twodesks.media.engine.refusal import Refusal
from twodesks.speech.decoding import OPENING, begins_like_media

FAMILIAR = "an mp4, mov, webm, mkv, mp3, m4a, wav, ogg or flac file"


def open_media(path: Path) -> Any:
    """An open container. Raises `Refusal` for what is empty, not media, or cut off too early to be opened."""
    with path.open("rb") as file:
        start = file.read(16)
    if not start:
        raise Refusal("empty", "This file is empty. Nothing else was changed. Record or export it again.")
    try:
        container = av.open(str(path), options=OPENING, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError) as error:
        raise _cannot_open(start) from error
    if not container.streams.audio and not container.streams.video:
        container.close()
        raise _not_media()
    return container


def _cannot_open(start: bytes) -> Refusal:
    if begins_like_media(start):
        return Refusal(
            "truncated",
            "This file begins like a recording, but too much of it is missing to play it. It is kept as it came. "
            "Copy or export it again, and add it once more.",
        )
    return _not_media()


def _not_media() -> Refusal:
    return Refusal(
        "not-media", f"This file is not a recording that can be played. It is kept as it came. Add {FAMILIAR}."
    )


def best_video(container: Any) -> Any | None:
    """The main picture; covers of songs are not one."""
    moving = [s for s in container.streams.video if not _is_cover(s) and s.codec_context is not None]
    return max(moving, key=lambda s: (s.width or 0) * (s.height or 0), default=None)


def best_audio(container: Any) -> Any | None:
    stream = container.streams.best("audio")
    return stream if stream is not None and stream.codec_context is not None else None


def _is_cover(stream: Any) -> bool:
    # PyAV names the bit only from some versions on; FFmpeg's AV_DISPOSITION_ATTACHED_PIC is 0x400.
    return bool(int(stream.disposition) & 0x400)


def start_seconds(container: Any) -> float:
    """Where the container's clock begins; everything we keep counts from there."""
    return (container.start_time or 0) / 1_000_000
