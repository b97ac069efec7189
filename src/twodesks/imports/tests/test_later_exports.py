"""What has become of messages where they come from, by the time of a later export: edits and deletions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast, acting
from twodesks.activity.models import Statement
from twodesks.conversations.models import Conversation, Mention, Message
from twodesks.conversations.operations.edit_message import edit_message
from twodesks.conversations.operations.remove_message import remove_message
from twodesks.conversations.queries.thread import wordings
from twodesks.imports.engine.records import Reason
from twodesks.imports.models import ImportRun
from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.tests.doing import SERVER, brought_in
from twodesks.imports.tests.exports import BEN, THREAD, as_folder, said, slack_files
from twodesks.imports.tests.test_other_sources import DISCORD, DUMP, MATTERMOST, ZULIP
from twodesks.kit.problem import Denied

ANSWER = THREAD[1]
NEWER = {**ANSWER, "text": "hold the button for 9 s", "edited": {"user": BEN, "ts": "1714900000.0"}}


def slack(tmp_path: Path, entries: list[dict[str, Any]], name: str) -> Path:
    return as_folder(slack_files({"general/2024-05-01.json": entries}), tmp_path / name)


def first(cast: Cast, tmp_path: Path) -> ImportRun:
    return brought_in(cast.dave, slack(tmp_path, THREAD, "first"))


def later(cast: Cast, tmp_path: Path, *entries: dict[str, Any]) -> ImportRun:
    return brought_in(cast.dave, slack(tmp_path, list(entries), "later"))


def answer() -> Message:
    return Message.objects.get(source_key__endswith=ANSWER["ts"])


def kept(run: ImportRun) -> int:
    return int(run.left_out.get(Reason.KEPT_HERE.value, {"count": 0})["count"])


def test_newer_words_come_and_the_older_stay_readable(cast: Cast, tmp_path: Path) -> None:
    first(cast, tmp_path)
    assert Mention.objects.filter(message=answer(), member=cast.alice).exists()
    before = answer().body
    run = later(cast, tmp_path, THREAD[0], NEWER, THREAD[2])
    assert (run.messages, run.edited, run.removed, kept(run)) == (0, 1, 0, 0)
    assert answer().body == "hold the button for 9 s"
    assert [one.body for one in wordings(acting(cast.erin), answer().pk)] == [before]
    assert not Mention.objects.filter(message=answer()).exists()
    grown = Statement.objects.filter(object_type="import", verb="took-in", object_id=run.pk).latest("pk")
    assert grown.result["grown_ids"] == [answer().conversation_id]
    again = brought_in(cast.dave, slack(tmp_path, [THREAD[0], NEWER], "again"))
    older = brought_in(cast.dave, slack(tmp_path, [ANSWER], "older"))
    assert (again.edited, older.edited, answer().body) == (0, 0, "hold the button for 9 s")


def test_events_of_messages_that_the_later_export_does_not_hold_are_carried_out(cast: Cast, tmp_path: Path) -> None:
    first(cast, tmp_path)
    changed = {"type": "message", "subtype": "message_changed", "ts": "1714900000.1", "message": {**NEWER, "edited": 0}}
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1714900001.1", "deleted_ts": THREAD[2]["ts"]}
    run = later(cast, tmp_path, changed, deleted)
    assert (run.messages, run.edited, run.removed) == (0, 1, 1)
    assert answer().body == "hold the button for 9 s"
    assert Message.objects.get(source_key__endswith=THREAD[2]["ts"]).removed_at is not None
    assert Conversation.objects.get().answer_count == 1
    again = brought_in(cast.dave, slack(tmp_path, [changed, deleted], "again"))
    assert (again.edited, again.removed, kept(again)) == (0, 0, 0)


def test_what_is_only_a_mark_in_the_later_export_is_taken_back(cast: Cast, tmp_path: Path) -> None:
    first(cast, tmp_path)
    gone = said("USLACKBOT", ANSWER["ts"], "This message was deleted.", subtype="tombstone", thread_ts=THREAD[0]["ts"])
    hidden = {**THREAD[2], "is_hidden_by_limit": True}
    run = later(cast, tmp_path, THREAD[0], gone, hidden)
    assert (run.removed, answer().removed_at is not None) == (1, True)
    assert Message.objects.get(source_key__endswith=THREAD[2]["ts"]).removed_at is None


def test_words_that_people_here_have_changed_stay_and_are_counted(cast: Cast, tmp_path: Path) -> None:
    first(cast, tmp_path)
    message = answer()
    Message.objects.filter(pk=message.pk).update(author=cast.bob)
    edit_message(actor=acting(cast.bob), message_id=message.pk, body="Hold it for 7 s.")
    run = later(cast, tmp_path, THREAD[0], NEWER)
    assert (run.edited, kept(run), answer().body) == (0, 1, "Hold it for 7 s.")
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1714900001.1", "deleted_ts": ANSWER["ts"]}
    run = brought_in(cast.dave, slack(tmp_path, [deleted], "deleted"))
    assert (run.removed, kept(run), answer().removed_at) == (0, 1, None)


def test_what_somebody_brought_back_is_not_taken_away_again(cast: Cast, tmp_path: Path) -> None:
    first(cast, tmp_path)
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1714900001.1", "deleted_ts": ANSWER["ts"]}
    later(cast, tmp_path, deleted)
    remove_message(actor=acting(cast.dave), message_id=answer().pk, removed=False)
    run = brought_in(cast.dave, slack(tmp_path, [deleted], "again"))
    assert (run.removed, kept(run), answer().removed_at) == (0, 1, None)
    with pytest.raises(Denied):
        remove_message(actor=acting(cast.erin), message_id=answer().pk)


def test_undo_of_the_later_import_brings_the_older_words_back(cast: Cast, tmp_path: Path) -> None:
    begun = first(cast, tmp_path)
    before = answer().body
    deleted = {"type": "message", "subtype": "message_deleted", "ts": "1714900001.1", "deleted_ts": THREAD[2]["ts"]}
    run = later(cast, tmp_path, NEWER, deleted)
    assert (run.edited, run.removed) == (1, 1)
    undo_import(actor=acting(cast.dave), run_id=run.pk, work=False)
    run = carry_out_undo(actor=SERVER, run_id=run.pk)
    assert run.undo_report is not None
    assert (run.undo_report["messages"], run.undo_report["reverted"]) == (0, 2)
    assert (answer().body, answer().edited_at) == (before, None)
    assert Mention.objects.filter(message=answer(), member=cast.alice).exists()
    assert not Message.objects.filter(removed_at__isnull=False).exists()
    assert Conversation.objects.get().answer_count == 1
    assert wordings(acting(cast.erin), answer().pk) == []
    brought_in(cast.dave, slack(tmp_path, [NEWER, deleted], "again"))
    undo_import(actor=acting(cast.dave), run_id=begun.pk, work=False)
    carry_out_undo(actor=SERVER, run_id=begun.pk)
    assert not Message.objects.exists()


def replaced(files: Mapping[str, bytes], name: str, *changes: tuple[str, str]) -> dict[str, bytes]:
    text = files[name].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return {**files, name: text.encode()}


ELSEWHERE: dict[str, tuple[Mapping[str, bytes], dict[str, bytes]]] = {
    "zulip": (
        ZULIP,
        replaced(
            ZULIP,
            "messages-000001.json",
            ('"content": "loose talk", "date_sent": 1700000007.0, "last_edit_time": null',
             '"content": "newer words", "date_sent": 1700000007.0, "last_edit_time": 1700009999.0'),
        ),
    ),
    "discord": (
        DISCORD,
        replaced(
            DISCORD, "help.json", ("use `<@1>`", "newer words"),
            ("2024-05-01T12:05:00+02:00", "2024-05-02T12:05:00+02:00"),
        ),
    ),
    "mattermost": (
        {"export.jsonl": MATTERMOST},
        replaced(
            {"export.jsonl": MATTERMOST}, "export.jsonl",
            (json.dumps("yes"), json.dumps("newer words")), ("1714554061000", "1714554999000"),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(ELSEWHERE))
def test_every_chat_that_tells_of_edits_brings_newer_words(cast: Cast, tmp_path: Path, kind: str) -> None:
    before, after = ELSEWHERE[kind]
    paths = [as_folder(files, tmp_path / name) for name, files in (("first", before), ("later", after))]
    if kind == "mattermost":
        paths = [path / "export.jsonl" for path in paths]
    brought_in(cast.dave, paths[0], kind)
    assert not Message.objects.filter(body="newer words").exists()
    run = brought_in(cast.dave, paths[1], kind)
    assert (run.messages, run.edited) == (0, 1)
    assert Message.objects.filter(body="newer words").count() == 1


def test_a_post_that_mattermost_says_is_deleted_is_taken_back(cast: Cast, tmp_path: Path) -> None:
    files = {"export.jsonl": MATTERMOST}
    gone = replaced(files, "export.jsonl", ('"edit_at": 1714554061000', '"delete_at": 1714554999000'))
    brought_in(cast.dave, as_folder(files, tmp_path / "first") / "export.jsonl", "mattermost")
    run = brought_in(cast.dave, as_folder(gone, tmp_path / "later") / "export.jsonl", "mattermost")
    assert (run.messages, run.removed) == (0, 1)
    assert Message.objects.get(body="yes").removed_at is not None


def test_a_post_that_was_edited_on_a_question_site_has_its_newer_words(cast: Cast, tmp_path: Path) -> None:
    newer = replaced(DUMP, "Posts.xml", ("cool()", "newer()"), ("2020-01-02T11", "2020-01-05T11"))
    brought_in(cast.dave, as_folder(DUMP, tmp_path / "first"), "stackexchange")
    run = brought_in(cast.dave, as_folder(newer, tmp_path / "later"), "stackexchange")
    assert (run.messages, run.edited) == (0, 1)
    assert "newer()" in Message.objects.get(body__contains="newer()").body
