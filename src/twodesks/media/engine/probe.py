"""What a file holds: tool `probe`."""

from pathlib import Path
from typing import Any

import av

from twodesks.kit.timecode import clock
from twodesks.media.engine.frames import Sender
from twodesks.media.engine.opening import best_audio, best_video, open_media, start_seconds
from twodesks.media.engine.refusal import Refusal

LONGEST_MS = 24 * 3600 * 1000
_SHORTFALL_MS = 2000


def run(arguments: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """`path` → what is in it, its length measured to the last packet."""
    with open_media(Path(arguments["path"])) as container:
        audio, video = best_audio(container), best_video(container)
        if audio is None and video is None:
            raise Refusal("not-media", "Nothing in this file can be played. It is kept as it came.")
        tracks = len(container.streams)
        declared_ms = _declared_ms(container)
        last_ms, broken = _measure(container, [stream for stream in (audio, video) if stream is not None])
        if last_ms <= 0:
            raise Refusal(
                "truncated", "Nothing in this file can be played. It is kept as it came. Record or export it again."
            )
        if last_ms > LONGEST_MS:
            raise Refusal("too-much", "This recording is longer than a day. It is kept as it came. Cut it into parts.")
        return {
            "format": container.format.name,
            "tracks": tracks,
            "duration_ms": last_ms,
            "declared_ms": declared_ms,
            "notes": _notes(tracks, declared_ms, last_ms, broken),
            "audio": _audio(audio),
            "video": _video(video),
        }


def _declared_ms(container: Any) -> int | None:
    return round(container.duration / 1000) if container.duration and container.duration > 0 else None


def _measure(container: Any, streams: list[Any]) -> tuple[int, bool]:
    """The end of the last packet, and whether the file broke off while it was read."""
    begin = start_seconds(container)
    last = 0.0
    try:
        for packet in container.demux(streams):
            if packet.pts is not None and packet.time_base is not None:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base) - begin
                last = max(last, end)
    except av.error.FFmpegError:
        return round(last * 1000), True
    return round(last * 1000), False


def _notes(tracks: int, declared_ms: int | None, last_ms: int, broken: bool) -> list[str]:
    notes = []
    missing = (declared_ms or 0) - last_ms
    if missing > max(_SHORTFALL_MS, last_ms // 50):
        notes.append(
            f"The file stops at {clock(last_ms)} of {clock(declared_ms or 0)}, the rest is missing. "
            "What is there is kept."
        )
    elif broken:
        notes.append(f"The file breaks off at {clock(last_ms)}. What is there is kept.")
    if tracks > 2:
        notes.append(f"The file has {tracks} tracks. The main picture and the main sound are used; all are kept.")
    return notes


def _audio(stream: Any | None) -> dict[str, Any] | None:
    if stream is None:
        return None
    context = stream.codec_context
    return {"codec": context.codec.canonical_name, "rate": context.sample_rate, "channels": context.channels}


def _video(stream: Any | None) -> dict[str, Any] | None:
    if stream is None:
        return None
    context = stream.codec_context
    return {
        "codec": context.codec.canonical_name,
        "width": context.width,
        "height": context.height,
        "pixels": context.pix_fmt or "",
        "rate": float(stream.average_rate) if stream.average_rate else None,
        "rotation": _rotation(stream),
    }


def _rotation(stream: Any) -> int:
    """Quarter turns that a player makes; phones film sideways and say so. Told by the first picture."""
    try:
        stream.container.seek(0)
        for frame in stream.container.decode(stream):
            return int(frame.rotation) % 360
    except (av.error.FFmpegError, AttributeError):
        return 0
    return 0
