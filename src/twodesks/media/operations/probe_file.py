"""Find out what an original holds."""

from django.db import transaction

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.engine.limits import Limits
from twodesks.media.engine.sandbox import run_tool
from twodesks.media.models import MediaFile
from twodesks.media.queries import get_file, working_copy

# Reading four gigabytes to the end takes a while on a slow disk; understanding them takes little.
LIMITS = Limits(cpu_s=300, wall_s=1800, memory_bytes=2 << 30, output_bytes=1 << 20)


@operation("media.probe_file")
def probe_file(*, actor: Actor, file_id: int) -> MediaFile:
    """Note its length, size and codecs, as measured. Raises `MediaRefused` when it cannot be played."""
    file = get_file(file_id)
    with working_copy(file) as path:
        probe = run_tool("probe", {"path": str(path)}, LIMITS)
    video = probe["video"] or {}
    with transaction.atomic():
        MediaFile.objects.filter(pk=file_id).update(
            probe=probe,
            duration_ms=probe["duration_ms"],
            has_audio=probe["audio"] is not None,
            has_video=probe["video"] is not None,
            width=video.get("width"),
            height=video.get("height"),
        )
    file.refresh_from_db()
    return file
