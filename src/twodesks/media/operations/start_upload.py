"""Begin an upload in resumable pieces."""

from django.conf import settings

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.media.models import Upload

PURPOSES = ("recording", "attachment", "captions", "import")


@operation("media.start_upload")
def start_upload(
    *, actor: Actor, filename: str, content_type: str = "", total_bytes: int | None = None, purpose: str = "recording"
) -> Upload:
    """Make room for a file; `total_bytes` is None while it is still being recorded.

    Raises `TooLarge` before a byte is sent, `Invalid` for an unknown purpose. Records no statement: bytes on their way
    are nobody's doing yet, what they become is.
    """
    owner = actor.require_member()
    if purpose not in PURPOSES:
        raise Invalid("An upload is a recording, an attachment, captions or an import.", field="purpose")
    if total_bytes is not None:
        if total_bytes == 0:
            raise Invalid("This file is empty, so there is nothing to send. Choose another.", field="file")
        require_room_under_limit(total_bytes)
    return Upload.objects.create(
        owner_id=owner,
        purpose=purpose,
        filename=tidy_filename(filename),
        content_type=content_type.strip()[:120],
        total_bytes=total_bytes,
    )


def require_room_under_limit(total_bytes: int) -> None:
    """Raises `TooLarge`, in words, above the installation's limit."""
    limit = int(settings.UPLOAD_MAX_BYTES)
    if total_bytes > limit:
        raise TooLarge(
            f"This file is larger than the {_size(limit)} that this server takes. Nothing was sent. "
            "Cut it into parts, or ask your administrator to raise the limit.",
            field="file",
            limit_bytes=limit,
        )


def tidy_filename(filename: str) -> str:
    """The last part of a name, without control characters, short enough to keep; its ending stays."""
    name = "".join(letter for letter in filename.replace("\\", "/").split("/")[-1] if letter.isprintable()).strip()
    if len(name) > 200:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 199 - len(ending)]}.{ending}" if dot and len(ending) <= 10 else name[:200]
    return name or "recording"


def _size(limit: int) -> str:
    for unit, name in ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB")):
        if limit >= unit:
            return f"{limit / unit:.1f}".rstrip("0").rstrip(".") + f" {name}"
    return f"{limit} bytes"
