"""Keep a picture that somebody pasted or dropped."""

import io
import uuid
from hashlib import sha256
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageOps, UnidentifiedImageError

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.media.models import MediaFile

MAX_BYTES = 20 * 1024**2
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 2400
_LOSSLESS_PIXELS = 1_500_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


@operation("media.keep_picture")
def keep_picture(*, actor: Actor, picture: IO[bytes], filename: str = "") -> MediaFile:
    """Keep it as WebP, written anew, so that nothing hidden in the file survives; at most 2,400 px a side.

    Who may see it is said by what it is put into, in the caller's transaction. Raises `TooLarge` over 20 MB or
    50 million pixels, `Invalid` for what is not a picture.
    """
    owner = actor.require_member()
    data, width, height = _drawn_anew(picture)
    name = default_storage.save(f"pictures/{timezone.now():%Y/%m}/{uuid.uuid4()}.webp", ContentFile(data))
    return MediaFile.objects.create(
        owner_id=owner,
        storage_name=name,
        filename=(filename.rsplit(".", 1)[0][:240] or "picture") + ".webp",
        content_type="image/webp",
        total_bytes=len(data),
        sha256=sha256(data).hexdigest(),
        has_audio=False,
        has_video=False,
        width=width,
        height=height,
    )


def _drawn_anew(picture: IO[bytes]) -> tuple[bytes, int, int]:
    data = picture.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("This picture is larger than 20 MB. Make it smaller, then put it in again.", field="picture")
    try:
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        is_exact = opened.format in ("PNG", "GIF")
        if opened.width * opened.height > MAX_PIXELS:
            raise TooLarge("This picture has too many pixels. Make it smaller, then put it in again.", field="picture")
        mode = "RGBA" if opened.has_transparency_data else "RGB"
        image = ImageOps.exif_transpose(opened).convert(mode)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("This is not a picture we can read. Use PNG, JPEG, WebP or GIF.", field="picture") from error
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = io.BytesIO()
    # Pictures of screens keep every pixel; a large one or a photograph would be too heavy for that.
    lossless = is_exact and image.width * image.height <= _LOSSLESS_PIXELS
    image.save(out, "WEBP", lossless=lossless, quality=60 if lossless else 86)
    return out.getvalue(), image.width, image.height
