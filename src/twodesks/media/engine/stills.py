"""Pictures out of a recording: a poster, and one for each chapter. Tool `stills`."""

from pathlib import Path
from typing import Any

import av
from PIL import Image, ImageStat

from twodesks.media.engine.frames import Sender
from twodesks.media.engine.opening import best_video, open_media, start_seconds

POSTER_WIDTH = 1280
THUMBNAIL_WIDTH = 640
# Where a poster is looked for, as shares of the whole: the first picture that is not near black is taken.
_POSTER_PLACES = (0.08, 0.25, 0.5, 0.0)
_NEAR_BLACK = 12


def run(arguments: dict[str, Any], sender: Sender) -> dict[str, Any]:
    """`path`, `folder`, `duration_ms`, `poster`, `times_ms` → `poster` and `thumbnails`, JPEG files in `folder`."""
    folder = Path(arguments["folder"])
    duration_ms = arguments["duration_ms"]
    with open_media(Path(arguments["path"])) as container:
        stream = best_video(container)
        if stream is None:
            return {"poster": None, "thumbnails": []}
        stream.thread_type = "AUTO"
        poster = None
        if arguments["poster"]:
            image = _poster(container, stream, duration_ms)
            poster = image and _save(image, folder / "poster.jpg", POSTER_WIDTH)
        thumbnails = []
        for at_ms in arguments["times_ms"]:
            image = _picture_at(container, stream, min(at_ms + 1000, duration_ms))
            if image is not None:
                thumbnails.append({"at_ms": at_ms} | _save(image, folder / f"at-{at_ms}.jpg", THUMBNAIL_WIDTH))
    return {"poster": poster, "thumbnails": thumbnails}


def _poster(container: Any, stream: Any, duration_ms: int) -> Image.Image | None:
    found: Image.Image | None = None
    for share in _POSTER_PLACES:
        image = _picture_at(container, stream, round(duration_ms * share))
        if image is None:
            continue
        if ImageStat.Stat(image.convert("L")).mean[0] > _NEAR_BLACK:
            return image
        found = found or image
    return found


def _picture_at(container: Any, stream: Any, at_ms: int) -> Image.Image | None:
    """The picture shown at that moment, or the nearest there is."""
    at_s = at_ms / 1000 + start_seconds(container)
    try:
        container.seek(round(at_s / stream.time_base), stream=stream)
    except av.error.FFmpegError:
        container.seek(0)
    last = None
    try:
        for frame in container.decode(stream):
            last = frame
            if frame.time is None or frame.time >= at_s - 0.05:
                break
    except av.error.FFmpegError:
        pass
    if last is None:
        return None
    image: Image.Image = last.to_image()
    return image.rotate(last.rotation, expand=True) if last.rotation % 360 else image


def _save(image: Image.Image, path: Path, width: int) -> dict[str, Any]:
    image.thumbnail((width, width))
    image.convert("RGB").save(path, "JPEG", quality=80, optimize=True, progressive=True)
    return {"name": path.name, "width": image.width, "height": image.height}
