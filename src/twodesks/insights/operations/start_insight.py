"""Begin an insight: blank, from a recording or a stretch of one, or with credits that are known already."""

from collections.abc import Sequence

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.channels.queries import get_channel, may_post
from twodesks.insights.engine.words import clean_body, clean_title, clean_topics
from twodesks.insights.models import Credit, Insight, InsightDraft
from twodesks.insights.queries.speech import suggest_from_recording
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation


@operation("insights.start_insight")
def start_insight(
    *,
    actor: Actor,
    title: str | None = None,
    body: str | None = None,
    topics: Sequence[str] | None = None,
    channel_id: int | None = None,
    recording_id: int | None = None,
    stretch: tuple[int, int | None] | None = None,
    credits: Sequence[tuple[int, str]] | None = None,
    conversation_id: int | None = None,
) -> InsightDraft:
    """Make a draft that its author alone sees. What is None is suggested from the recording's speech.

    Credits: the members who speak in it explained it, or asked; where nobody knows who speaks, whoever recorded it
    explained it; the actor captured it. Or `credits`, (member id, role) each, and the
    actor for capturing unless they explain. `conversation_id`: where it comes from, for the ledger.

    Raises `NotFound` for a recording or channel the actor may not know of, `Invalid` and `TooLarge` for words that do
    not fit.
    """
    author = actor.require_member()
    suggestion = suggest_from_recording(actor, recording_id, stretch) if recording_id else None
    if suggestion is not None:
        title = suggestion.title if title is None else title
        body = suggestion.body if body is None else body
        topics = suggestion.topics if topics is None else topics
        channel_id = channel_id or suggestion.channel_id
    title, body, topics = clean_title(title or ""), clean_body(body or ""), clean_topics(topics or ())
    if channel_id is not None:
        may_post(actor, get_channel(actor, channel_id)).require()
    with transaction.atomic():
        insight = Insight.objects.create(author_id=author, channel_id=channel_id, recording_id=recording_id)
        draft = InsightDraft.objects.create(insight=insight, member_id=author, title=title, body=body, topics=topics)
        if credits is None:
            explained, asked = (suggestion.explained, suggestion.asked) if suggestion is not None else ((author,), ())
            credits = [(member_id, Credit.Role.EXPLAINED) for member_id in explained]
            credits += [(member_id, Credit.Role.ASKED) for member_id in asked]
        for member_id, role in credits:
            _credit(insight, member_id, role, author)
        if (author, Credit.Role.EXPLAINED) not in credits:
            _credit(insight, author, Credit.Role.CAPTURED, author)
        record_statement(
            actor=actor,
            verb="created",
            object_type="insight",
            object_id=insight.pk,
            context={
                name: value
                for name, value in (("recording_id", recording_id), ("conversation_id", conversation_id))
                if value
            },
        )
    return draft


def _credit(insight: Insight, member_id: int, role: str, given_by: int) -> None:
    Credit.objects.create(insight=insight, member_id=member_id, role=role, given_by_id=given_by)
