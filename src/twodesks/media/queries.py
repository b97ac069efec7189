"""Reads about uploads and files. Uploads are their owner's alone; who may see a file is said by what it belongs to."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from twodesks.kit.actor import Actor
from twodesks.kit.problem import NotFound
from twodesks.media.models import Upload


def own_uploads(actor: Actor) -> QuerySet[Upload]:
    """The actor's uploads that were not discarded; the system's view is of all members'."""
    kept = Upload.objects.filter(discarded_at=None)
    return kept if actor.is_system else kept.filter(owner_id=actor.member_id or 0)


def get_upload(actor: Actor, upload_id: UUID) -> Upload:
    """Raises `NotFound`, also for somebody else's."""
    found = own_uploads(actor).filter(pk=upload_id).first()
    if found is None:
        raise NotFound("This upload is not here. It may have been discarded; send the file again.")
    return found


def staging_path(upload_id: UUID) -> Path:
    """Where the bytes of an upload are until it is whole."""
    return Path(settings.UPLOADS_ROOT) / f"{upload_id}.part"
