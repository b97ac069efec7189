"""Give oneself a face."""

import io
import uuid
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from twodesks.activity.operations.record_statement import record_statement
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, TooLarge
from twodesks.people.models import Member
from twodesks.people.queries import acting_member

MAX_BYTES = 10 * 1024**2
MAX_PIXELS = 50_000_000
SIDE = 320


@operation("people.change_photo")
def change_photo(*, actor: Actor, picture: BinaryIO | None) -> Member:
    """Keep a square of 320 px, written anew (so nothing hidden in the file survives); None takes the photo away.

    Raises `TooLarge` over 10 MB and `Invalid` for what is not a picture.
    """
    member = acting_member(actor)
    content = None if picture is None else _square(picture)
    with transaction.atomic():
        if content is None:
            member.photo = None
        else:
            member.photo.save(f"{member.pk}-{uuid.uuid4().hex[:12]}.webp", ContentFile(content), save=False)
        member.save(update_fields=["photo"])
        record_statement(actor=actor, verb="changed-photo", object_type="member", object_id=member.pk)
    return member


def _square(picture: BinaryIO) -> bytes:
    data = picture.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("This picture is larger than 10 MB. Choose a smaller one.", field="photo")
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP", "GIF"])
        if image.width * image.height > MAX_PIXELS:
            raise TooLarge("This picture has too many pixels. Choose a smaller one.", field="photo")
        square = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (SIDE, SIDE))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("This is not a picture we can read. Use PNG, JPEG, WebP or GIF.", field="photo") from error
    out = io.BytesIO()
    square.save(out, "WEBP", quality=84)
    return out.getvalue()
