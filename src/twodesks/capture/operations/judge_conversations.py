"""Judge conversations anew, many at once: whether each holds an explanation worth keeping."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone

from twodesks.capture.engine.preview import includes
from twodesks.capture.models import ConversationInsight, ConversationWorth, PossibleUpdate
from twodesks.capture.operations.offer_keeping import offer_keeping
from twodesks.capture.queries.reading import Heard, hear_all, key_of
from twodesks.capture.queries.worth import LIST_FROM, leanings_of, times_shown
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.language.drafting import draft_insight
from twodesks.language.talk import is_small_talk
from twodesks.language.worth import Leaning, Worth, judge, offer_from

_JUDGED = ("score", "explainer", "reasons", "features", "preview", "judged_at")


@operation("capture.judge_conversations")
def judge_conversations(*, actor: Actor, conversation_ids: Collection[int]) -> list[ConversationWorth]:
    """Offer what is worth it to who explained it, and note what came after a capture. A few queries, however many.

    Those that the actor does not see, or that are gone, are passed. No statement is recorded: what the installation
    thinks of a talk is nobody's deed.
    """
    heard = hear_all(actor, conversation_ids)
    leanings = leanings_of({one.conversation.channel_id for one in heard})
    shown = times_shown([one.conversation.pk for one in heard])
    judged = [
        _judged(one, leanings.get(one.conversation.channel_id), shown.get(one.conversation.pk, 0)) for one in heard
    ]
    with transaction.atomic():
        rows = ConversationWorth.objects.bulk_create(
            judged, update_conflicts=True, unique_fields=["conversation"], update_fields=_JUDGED
        )
        _note_updates(heard)
        good = [row.conversation_id for row in rows if row.score >= offer_from()]
        if good:
            offer_keeping(actor=actor, conversation_ids=good)
    return rows


def _judged(heard: Heard, leaning: Leaning | None, shown: int) -> ConversationWorth:
    found = judge(heard.turns(), names=heard.names, asked_again=heard.asked_again, shown=shown, leaning=leaning)
    return ConversationWorth(
        conversation=heard.conversation,
        score=found.score,
        explainer_id=int(found.explainer) if found.explainer else None,
        reasons=list(found.reasons),
        features=dict(found.features),
        preview=_preview(heard, found),
        judged_at=timezone.now(),
    )


def _preview(heard: Heard, found: Worth) -> dict[str, object]:
    """Nothing below what any list shows: drafting costs as much as judging."""
    if found.score < LIST_FROM:
        return {}
    draft = draft_insight(heard.said(), title=heard.conversation.title)
    authors = {message.pk: key_of(message) for message in heard.messages}
    people = [
        *draft.credits.explained,
        *([draft.credits.asked] if draft.credits.asked else []),
        *draft.credits.confirmed,
    ]
    return {
        "title": draft.title,
        "includes": includes(draft, heard.names, authors, heard.voice_notes),
        "credited": [int(key) for key in dict.fromkeys(people)],
    }


def _note_updates(heard: Sequence[Heard]) -> None:
    messages = {one.conversation.pk: one.messages for one in heard}
    PossibleUpdate.objects.bulk_create(
        [
            PossibleUpdate(link=link, message=message)
            for link in ConversationInsight.objects.filter(conversation__in=messages)
            for message in messages[link.conversation_id]
            if message.pk > link.heard_to and message.pk not in link.message_ids
            if message.recording_id or (message.body.strip() and not is_small_talk(message.body))
        ],
        ignore_conflicts=True,
    )
