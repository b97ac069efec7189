"""Let the language model that is set up, if any, help with the wording of a fresh draft."""

import structlog
from django.db import transaction

from twodesks.capture.engine.citing import body_of, with_model_named
from twodesks.capture.engine.rewriter import rewritten
from twodesks.capture.models import ConversationInsight
from twodesks.capture.operations.capture_conversation import draft_of
from twodesks.capture.queries.reading import hear
from twodesks.insights.operations.save_draft import save_draft
from twodesks.insights.queries import get_insight
from twodesks.insights.queries.writing import get_draft
from twodesks.kit.actor import Actor, Door
from twodesks.kit.operation import operation
from twodesks.language.rewrite_settings import RewriteSettings

log = structlog.get_logger("twodesks.capture")


@operation("capture.rewrite_capture")
def rewrite_capture(*, actor: Actor, capture_id: int) -> bool:
    """Whether the draft has the model's words now. A draft that somebody wrote in already stays as it is.

    So does any draft while the settings of the model are wrong: `twodesks doctor` and the log say how.

    Sentences that do not rest on the messages are dropped before they get here; the draft names the model.
    """
    settings = _settings()
    link = ConversationInsight.objects.select_related("captured_by", "insight").filter(pk=capture_id).first()
    if settings is None or link is None or link.insight.published_at is not None:
        return False
    writer = link.captured_by.as_actor(Door.JOB)
    heard = hear(writer, link.conversation_id)
    draft, _ = draft_of(heard, link.message_ids)
    found = rewritten(draft.blocks, heard.texts, settings)
    if found is None:
        return False
    blocks, model = found
    return _save(writer, link, body_of(draft.blocks, heard.labels), body_of(blocks, heard.labels), model)


def _settings() -> RewriteSettings | None:
    try:
        return RewriteSettings.from_environment()
    except ValueError as fault:
        log.warning("rewriting_not_set_up", fault=str(fault))
        return None


def _save(writer: Actor, link: ConversationInsight, before: str, after: str, model: str) -> bool:
    with transaction.atomic():
        written = get_draft(writer, get_insight(writer, link.insight_id))
        if written is None or written.body != before:
            return False
        save_draft(
            actor=writer, insight_id=link.insight_id, version=written.version, title=written.title,
            body=with_model_named(after, model), topics=written.topics, channel_id=link.insight.channel_id,
        )  # fmt: skip
        link.model = model[:200]
        link.save(update_fields=["model"])
    return True
