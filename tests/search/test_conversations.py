"""Conversations are found by what was asked and answered, opened at the message, by those who may read them."""

import pytest
from django.test import Client

from tests.cast import acting
from tests.search.conftest import Shelf
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.merge_conversations import merge_conversations
from twodesks.conversations.operations.move_conversation import move_conversation
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.search.models import Passage
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_conversations import index_conversations
from twodesks.search.queries import Hit, search

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("each_engine")]

FIX = "The gripper slips because the pads are greasy: wipe them with isopropanol and run the calibration."


def asked(shelf: Shelf, title: str = "Why does the Heron drop soft bags?", **more: object) -> Conversation:
    given: dict[str, object] = {"channel_id": shelf.open.pk, "body": "It happens on every third pick."} | more
    return start_conversation(actor=acting(shelf.cast.alice), title=title, **given)  # type: ignore[arg-type]


def answered(shelf: Shelf, conversation: Conversation, body: str = FIX) -> Message:
    """Indexing of answers is a job after them; tests do it when it is due."""
    message = post_message(actor=acting(shelf.cast.bob), conversation_id=conversation.pk, body=body)
    index_conversations(conversation_ids=[conversation.pk])
    return message


def found(shelf: Shelf, text: str, *, by: str = "erin") -> list[Hit]:
    embed_passages()
    return list(search(acting(getattr(shelf.cast, by)), text, kinds=["conversation"]).hits)


def test_a_conversation_is_found_by_its_answer_and_opened_there(shelf: Shelf) -> None:
    question = asked(shelf)
    answer = answered(shelf, question)
    [hit] = found(shelf, "wipe pads isopropanol")
    assert (hit.id, hit.url) == (question.pk, f"/conversations/{question.pk}/")
    assert hit.moments[0].url == f"/messages/{answer.pk}/"
    assert "isopropanol" in hit.passage


def test_the_accepted_answer_is_opened_before_another_reply(shelf: Shelf) -> None:
    question = asked(shelf)
    answered(shelf, question, "I think the gripper pads are greasy, wipe them with isopropanol perhaps.")
    answer = answered(shelf, question)
    accept_answer(actor=acting(shelf.cast.alice), message_id=answer.pk)
    [hit] = found(shelf, "gripper pads greasy isopropanol")
    assert hit.moments[0].place == "Accepted answer"
    assert hit.moments[0].url.endswith(f"/messages/{answer.pk}/")


def test_small_talk_is_not_in_the_index(shelf: Shelf) -> None:
    question = asked(shelf)
    answered(shelf, question, "Thanks!")
    assert list(Passage.objects.filter(kind="conversation").values_list("place", flat=True)) == ["Question"]


def test_short_messages_of_one_person_are_read_as_one(shelf: Shelf) -> None:
    question = asked(shelf)
    first = answered(shelf, question, "I had that last week.")
    answered(shelf, question, "Clean the suction cup")
    answered(shelf, question, "then reseat the vacuum hose")
    [hit] = found(shelf, "suction cup vacuum hose")
    assert hit.moments[0].url.endswith(f"/messages/{first.pk}/")
    assert Passage.objects.filter(kind="conversation", place="Reply").count() == 1


def test_removed_and_edited_words_are_not_found_any_more(shelf: Shelf) -> None:
    question = asked(shelf)
    answer = answered(shelf, question)
    edit_message(actor=acting(shelf.cast.bob), message_id=answer.pk, body="Ask the field team, they have the kit.")
    assert found(shelf, "isopropanol") == [] or "isopropanol" not in found(shelf, "isopropanol")[0].passage
    remove_message(actor=acting(shelf.cast.bob), message_id=answer.pk)
    assert not Passage.objects.filter(part_id=answer.pk, kind="conversation").exists()


def test_a_private_conversation_is_found_by_its_channel_alone(shelf: Shelf) -> None:
    question = asked(shelf, "Who buys Project Nightjar?", channel_id=shelf.private.pk, body="Sixty is the price.")
    assert [hit.id for hit in found(shelf, "Nightjar price", by="alice")] == [question.pk]
    assert found(shelf, "Nightjar price") == []
    assert search(acting(shelf.cast.erin), "Nightjar").counts["conversation"] == 0


def test_a_conversation_that_moves_is_found_by_its_new_readers(shelf: Shelf) -> None:
    question = asked(shelf, "Who buys Project Nightjar?", channel_id=shelf.private.pk)
    move_conversation(
        actor=acting(shelf.cast.bob), conversation_id=question.pk, channel_id=shelf.open.pk, confirmed=True
    )
    assert [hit.id for hit in found(shelf, "Nightjar")] == [question.pk]
    move_conversation(actor=acting(shelf.cast.bob), conversation_id=question.pk, channel_id=shelf.private.pk)
    assert found(shelf, "Nightjar") == []


def test_a_merged_conversation_is_found_as_the_one_it_went_into(shelf: Shelf) -> None:
    first, second = asked(shelf), asked(shelf, "Soft bags fall down again")
    answered(shelf, first)
    merge_conversations(actor=acting(shelf.cast.carol), conversation_id=first.pk, into_id=second.pk)
    assert {hit.id for hit in found(shelf, "isopropanol greasy pads")} == {second.pk}


def test_a_hidden_asker_is_in_no_passage(shelf: Shelf) -> None:
    asked(shelf, "May I say no to overtime?", anonymous=True)
    kept = Passage.objects.filter(kind="conversation").values()
    assert len(kept) == 1
    assert "Alice" not in str(list(kept))
    assert kept[0]["owner_id"] is None


def test_a_voice_note_is_found_in_its_conversation_at_its_second(shelf: Shelf) -> None:
    question = asked(shelf)
    recording = shelf.recording("Greasing", channel=None)
    post_message(actor=acting(shelf.cast.bob), conversation_id=question.pk, recording_id=recording.pk)
    index_conversations(conversation_ids=[question.pk])
    embed_passages()
    hits = search(acting(shelf.cast.erin), "grease goes on the worm wheel").hits
    assert [(hit.kind, hit.id) for hit in hits if hit.kind != "insight"] == [("conversation", question.pk)]
    assert hits[0].moments[0].url.startswith(f"/recordings/{recording.pk}/#t=")


def test_the_search_page_names_conversations(shelf: Shelf, client: Client) -> None:
    question = asked(shelf)
    answered(shelf, question)
    embed_passages()
    client.force_login(shelf.cast.erin)
    page = client.get("/search/", {"q": "isopropanol pads"}).content.decode()
    assert "Conversations" in page
    assert f"/conversations/{question.pk}/" in page
