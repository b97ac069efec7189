"""An import is taken back after everything that is done with conversations has been done with its own."""

from pathlib import Path

import pytest
from django.db import connection

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.capture.models import ConversationInsight, ConversationWorth, KeepOffer
from twodesks.capture.operations.capture_conversation import capture_conversation
from twodesks.capture.operations.catch_up import catch_up
from twodesks.capture.tests.test_walking import EXPLAINED, export, thread
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.ask_member import ask_member
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in
from twodesks.notifications.models import Notification

pytestmark = pytest.mark.django_db


def judged(cast: Cast, tmp_path: Path) -> ImportRun:
    days = {"_2024_05_01": thread(0, 0, *EXPLAINED), "_2024_05_02": thread(1, 1, *EXPLAINED)}
    run = brought_in(cast.dave, export(tmp_path, **days))
    while catch_up(actor=SERVER):
        pass
    return run


def undone(cast: Cast, run: ImportRun) -> dict[str, int]:
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)
    report = carry_out_undo(actor=SERVER, run_id=run.pk).undo_report or {}
    # Foreign keys are only looked at when the transaction ends.
    connection.check_constraints()
    return report


def told_of(cast: Cast, conversation: Conversation) -> None:
    statement = Statement.objects.filter(object_type="import").first()
    assert statement is not None
    Notification.objects.create(
        member=cast.bob, kind="kept", statement=statement, subject="", conversation=conversation,
        message=conversation.messages.first(), how="page",
    )  # fmt: skip


def test_judged_offered_and_told_of_it_can_be_undone(cast: Cast, tmp_path: Path) -> None:
    run = judged(cast, tmp_path)
    assert ConversationWorth.objects.count() == 2
    assert KeepOffer.objects.exists()
    told_of(cast, Conversation.objects.all()[0])
    assert undone(cast, run)["conversations"] == 2
    assert not ConversationWorth.objects.exists()
    assert not KeepOffer.objects.exists()
    assert not Notification.objects.exists()
    assert not Message.objects.exists()


def test_conversation_that_became_an_insight_keeps_its_words(cast: Cast, tmp_path: Path) -> None:
    run = judged(cast, tmp_path)
    kept = Conversation.objects.order_by("pk")[0]
    told_of(cast, kept)
    capture_conversation(actor=acting(cast.bob), conversation_id=kept.pk)
    report = undone(cast, run)
    assert (report["conversations"], report["kept_conversations"]) == (1, 1)
    link = ConversationInsight.objects.get()
    assert Message.objects.filter(pk__in=link.message_ids).count() == len(link.message_ids) > 0
    assert ConversationWorth.objects.get().conversation == kept
    assert Notification.objects.get().conversation == kept


def test_question_that_was_put_to_somebody_stays(cast: Cast, tmp_path: Path) -> None:
    run = judged(cast, tmp_path)
    asked = Conversation.objects.order_by("pk")[0]
    ask_member(actor=acting(cast.alice), conversation_id=asked.pk, member_id=cast.bob.pk)
    assert undone(cast, run)["kept_conversations"] == 1
    assert Conversation.objects.get() == asked
