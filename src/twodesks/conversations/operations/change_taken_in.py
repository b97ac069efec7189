"""Bring messages that came from elsewhere to what has become of them there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from twodesks.conversations.models import Conversation, Mention, Message, MessageRevision
from twodesks.conversations.operations.recount import recount
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied

REMOVED_BY = "removed_by_import"
"""Of `Message.source_facts`: the run that said that it was taken back there."""


@dataclass(frozen=True, slots=True)
class IncomingEdit:
    """`key` is the message's name in the source, `edited_at` when it was edited there."""

    key: str
    body: str
    edited_at: datetime
    mentions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """`kept`: keys of those that stay as people here have changed them. Conversations are those that look different."""

    edited: int
    removed: int
    kept: Sequence[str]
    conversation_ids: Sequence[int]


@operation("conversations.change_taken_in")
def change_taken_in(
    *, actor: Actor, source_id: int, run_id: int, edits: Sequence[IncomingEdit], removed: Collection[str]
) -> Changed:
    """Newer wordings and removals, by keys; what is not here, or is so already, is passed over, and nobody is told.

    The older wording stays readable. Words that somebody here has edited, and messages that somebody here has removed,
    stay as they are. The import that calls it has authorised, and records the statement. Raises `Denied` for anybody
    but administrators and the system.
    """
    if not actor.is_administrator:
        raise Denied("Only an administrator can bring conversations in.")
    newest = {edit.key: edit for edit in sorted(edits, key=lambda edit: edit.edited_at)}
    with transaction.atomic():
        here = Message.objects.select_for_update().filter(source_id=source_id)
        found = list(here.filter(source_key__in=[*newest, *removed]).order_by("pk"))
        own = _wordings_of_people(found)
        going = [one for one in found if one.source_key in removed and one.removed_at is None]
        # Somebody has brought it back since an import removed it.
        own_ids = own.keys() | {one.pk for one in going if REMOVED_BY in one.source_facts}
        kept = [one.source_key or "" for one in going if one.pk in own_ids]
        going = [one for one in going if one.pk not in own_ids]
        changing: list[tuple[Message, IncomingEdit]] = []
        for one in found:
            edit = newest.get(one.source_key or "")
            if edit is None or one.source_key in removed or edit.body == one.body:
                continue
            if one.pk in own or (one.removed_at is not None and REMOVED_BY not in one.source_facts):
                if edit.body not in own.get(one.pk, ()) and one.removed_at is None:
                    kept.append(edit.key)
            elif one.edited_at is None or edit.edited_at > one.edited_at:
                changing.append((one, edit))
        _reword(run_id, changing)
        _remove(run_id, going)
    touched = {one.conversation_id for one, _ in changing} | {one.conversation_id for one in going}
    return Changed(len(changing), len(going), kept, sorted(touched))


def _wordings_of_people(found: Sequence[Message]) -> dict[int, set[str]]:
    """All older wordings of those that somebody here has edited."""
    edited = MessageRevision.objects.filter(message__in=found, import_run_id=None).values("message")
    own: dict[int, set[str]] = {}
    for message_id, body in MessageRevision.objects.filter(message__in=edited).values_list("message", "body"):
        own.setdefault(message_id, set()).add(body)
    return own


def _reword(run_id: int, changing: Sequence[tuple[Message, IncomingEdit]]) -> None:
    if not changing:
        return
    MessageRevision.objects.bulk_create(
        [
            MessageRevision(message=one, body=one.body, written_at=one.edited_at or one.posted_at, import_run_id=run_id)
            for one, _ in changing
        ]
    )
    for one, edit in changing:
        one.body, one.edited_at = edit.body, edit.edited_at
    Message.objects.bulk_update([one for one, _ in changing], ["body", "edited_at"], batch_size=500)
    mention_anew({one.pk: edit.mentions for one, edit in changing})


def mention_anew(named: Mapping[int, Collection[int]]) -> None:
    """Whom messages name, by message, in place of whom they named before."""
    Mention.objects.filter(message__in=named).delete()
    Mention.objects.bulk_create(
        [Mention(message_id=pk, member_id=member_id) for pk, members in named.items() for member_id in members]
    )


def _remove(run_id: int, going: Sequence[Message]) -> None:
    if not going:
        return
    now = timezone.now()
    for one in going:
        one.removed_at, one.source_facts = now, {**one.source_facts, REMOVED_BY: run_id}
    Message.objects.bulk_update(going, ["removed_at", "source_facts"], batch_size=500)
    Conversation.objects.filter(accepted_message__in=going).update(
        accepted_message=None, accepted_at=None, accepted_by=None
    )
    recount(conversation_ids=sorted({one.conversation_id for one in going}))
