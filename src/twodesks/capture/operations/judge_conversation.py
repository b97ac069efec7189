"""Read a conversation that has come to rest, and say how likely it holds an explanation worth keeping."""

from django.db import transaction
from django.utils import timezone

from twodesks.capture.engine.preview import includes
from twodesks.capture.models import ConversationInsight, ConversationWorth, PossibleUpdate
from twodesks.capture.operations.offer_keeping import offer_keeping
from twodesks.capture.queries.reading import Heard, hear, key_of
from twodesks.capture.queries.worth import leaning_of
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.language.drafting import draft_insight
from twodesks.language.talk import is_small_talk
from twodesks.language.worth import Worth, judge, offer_from


@operation("capture.judge_conversation")
def judge_conversation(*, actor: Actor, conversation_id: int) -> ConversationWorth:
    """Judge it anew, offer it to who explained it if it is worth that, and note what came after a capture.

    No statement is recorded: what the installation thinks of a talk is nobody's deed. Raises `NotFound`.
    """
    heard = hear(actor, conversation_id)
    conversation = heard.conversation
    found = judge(
        heard.turns(),
        names=heard.names,
        asked_again=conversation.me_too_count + conversation.merged_from.count(),
        leaning=leaning_of(conversation.channel_id),
    )
    with transaction.atomic():
        worth, _ = ConversationWorth.objects.update_or_create(
            conversation=conversation,
            defaults={
                "score": found.score,
                "explainer_id": int(found.explainer) if found.explainer else None,
                "reasons": list(found.reasons),
                "features": dict(found.features),
                "preview": _preview(heard, found),
                "judged_at": timezone.now(),
            },
        )
        _note_updates(heard)
        if found.score >= offer_from():
            offer_keeping(actor=actor, conversation_id=conversation.pk)
    return worth


def _preview(heard: Heard, found: Worth) -> dict[str, object]:
    if not found.reasons:
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
        "includes": includes(draft, heard.names, authors),
        "credited": [int(key) for key in dict.fromkeys(people)],
    }


def _note_updates(heard: Heard) -> None:
    for link in ConversationInsight.objects.filter(conversation=heard.conversation):
        PossibleUpdate.objects.bulk_create(
            [
                PossibleUpdate(link=link, message=message)
                for message in heard.messages
                if message.posted_at > link.captured_at and message.pk not in link.message_ids
                if message.recording_id or (message.body.strip() and not is_small_talk(message.body))
            ],
            ignore_conflicts=True,
        )
