"""Make a small picture for moments of a recording."""

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.engine.limits import Limits
from twodesks.media.engine.sandbox import run_tool
from twodesks.media.models import Rendition
from twodesks.media.operations.keep_rendition import keep_still, scratch_folder
from twodesks.media.queries import get_file, working_copy

LIMITS = Limits(cpu_s=600, wall_s=900, memory_bytes=3 << 30, output_bytes=8 << 20)
MOST = 200
_ROOM = 64 << 20


@operation("media.make_thumbnails")
def make_thumbnails(*, actor: Actor, file_id: int, times_ms: list[int]) -> None:
    """For each moment that has none yet; nothing for a recording without pictures. Raises `MediaRefused`."""
    file = get_file(file_id)
    known = set(Rendition.objects.filter(media_file=file, kind="thumbnail").values_list("at_ms", flat=True))
    missing = sorted(set(times_ms) - known)[:MOST]
    if not file.has_video or not missing:
        return
    with scratch_folder(_ROOM) as folder, working_copy(file) as path:
        arguments = {
            "path": str(path),
            "folder": str(folder),
            "duration_ms": file.duration_ms or 0,
            "poster": False,
            "times_ms": missing,
        }
        for still in run_tool("stills", arguments, LIMITS)["thumbnails"]:
            keep_still(file, "thumbnail", folder, still)
