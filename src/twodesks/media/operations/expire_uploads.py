"""Remove what uploads have left behind."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.models import Upload
from twodesks.media.queries import staging_path

SCRATCH_LIVES_S = 24 * 3600


@operation("media.expire_uploads")
def expire_uploads(*, actor: Actor) -> int:
    """Discard uploads that were never completed, a week after their last piece, unless a recording holds on to them.

    Bytes of uploads that are files in storage by now go, too, and folders of work that was killed. For the system.
    Returns how many uploads were discarded.
    """
    now = timezone.now()
    before = now - timedelta(seconds=settings.UPLOAD_KEEP_SECONDS)
    touched = Coalesce("last_piece_at", "created_at")
    stale = Upload.objects.alias(touched=touched).filter(
        discarded_at=None, media_file=None, recording=None, touched__lt=before
    )
    expired = list(stale.values_list("pk", flat=True)[:1000])
    Upload.objects.filter(pk__in=expired).update(discarded_at=now)
    for upload_id in expired:
        staging_path(upload_id).unlink(missing_ok=True)
    _remove_copies(Path(settings.UPLOADS_ROOT), now - timedelta(days=1))
    _clear_scratch(Path(settings.UPLOADS_ROOT) / "scratch")
    return len(expired)


def _remove_copies(root: Path, before: datetime) -> None:
    """With an object store, uploads stay here beside the file in it for as long as they are worked on."""
    staged = {path.stem: path for path in root.glob("*.part")}
    stored = Upload.objects.filter(pk__in=list(staged), media_file__isnull=False, finished_at__lt=before)
    for upload_id in stored.values_list("pk", flat=True):
        staged[str(upload_id)].unlink(missing_ok=True)


def _clear_scratch(root: Path) -> None:
    for folder in root.glob("*"):
        if folder.stat().st_mtime < time.time() - SCRATCH_LIVES_S:
            shutil.rmtree(folder, ignore_errors=True)
