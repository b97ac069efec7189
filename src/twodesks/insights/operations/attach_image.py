"""Put a picture into an insight."""

from typing import IO

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.insights import policies
from twodesks.insights.models import InsightAttachment
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.media.operations.keep_picture import keep_picture


@operation("insights.attach_image")
def attach_image(*, actor: Actor, insight_id: int, picture: IO[bytes], filename: str = "") -> InsightAttachment:
    """Whoever sees the insight sees it, at `/insights/<id>/attachments/<n>`; the body shows it as a Markdown image.

    Raises `TooLarge` and `Invalid` as `keep_picture` does.
    """
    insight = get_insight(actor, insight_id)
    policies.may_change(actor, insight).require()
    with transaction.atomic():
        media_file = keep_picture(actor=actor, picture=picture, filename=filename)
        attachment = InsightAttachment.objects.create(
            insight=insight, media_file=media_file, added_by_id=actor.require_member()
        )
        record_statement(
            actor=actor,
            verb="attached",
            object_type="insight",
            object_id=insight.pk,
            context={"attachment_id": attachment.pk},
        )
    return attachment
