"""Make what browsers play and draw from an original."""

import json
from collections.abc import Callable
from pathlib import Path

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.engine.limits import Limits
from twodesks.media.engine.sandbox import run_tool
from twodesks.media.models import MediaFile, Rendition
from twodesks.media.operations.keep_rendition import keep_rendition, keep_still, scratch_folder
from twodesks.media.operations.make_thumbnails import LIMITS as STILL_LIMITS
from twodesks.media.queries import get_file, working_copy


@operation("media.render_file")
def render_file(*, actor: Actor, file_id: int, on_progress: Callable[[float], None] | None = None) -> None:
    """The playable rendition with its waveform and, for pictures, a poster. What is there is not made again.

    Raises `MediaRefused` for a file too damaged to render, `OutOfSpace` when there is no room for the result.
    """
    file = get_file(file_id)
    made = set(Rendition.objects.filter(media_file=file).values_list("kind", flat=True))
    with scratch_folder(file.total_bytes * 2) as folder, working_copy(file) as path:
        if file.has_video and "poster" not in made:
            _make_poster(file, path, folder)
        if not made & {"video", "audio"}:
            _make_rendition(file, path, folder, on_progress)


def _make_poster(file: MediaFile, path: Path, folder: Path) -> None:
    arguments = {
        "path": str(path),
        "folder": str(folder),
        "duration_ms": file.duration_ms or 0,
        "poster": True,
        "times_ms": [],
    }
    poster = run_tool("stills", arguments, STILL_LIMITS)["poster"]
    if poster is not None:
        keep_still(file, "poster", folder, poster)


def _make_rendition(file: MediaFile, path: Path, folder: Path, on_progress: Callable[[float], None] | None) -> None:
    arguments = {"path": str(path), "folder": str(folder), "probe": file.probe}
    result = run_tool("render", arguments, _limits(file), on_progress=on_progress)
    keep_rendition(
        file=file,
        kind="video" if file.has_video else "audio",
        path=folder / result["name"],
        content_type=result["content_type"],
        width=file.width,
        height=file.height,
    )
    if result["peaks"]:
        waveform = folder / "waveform.json"
        waveform.write_text(json.dumps(result["peaks"]), encoding="utf-8")
        keep_rendition(
            file=file,
            kind="waveform",
            path=waveform,
            content_type="application/json",
            data={"peaks": result["peaks"]},
        )


def _limits(file: MediaFile) -> Limits:
    """Room in proportion: a slow machine may take ten times the length, a large film the memory of x264 at 1080p."""
    seconds = (file.duration_ms or 0) // 1000
    return Limits(
        cpu_s=600 + 20 * seconds,
        wall_s=900 + 20 * seconds,
        memory_bytes=4 << 30,
        output_bytes=max(256 << 20, 2 * file.total_bytes),
    )
