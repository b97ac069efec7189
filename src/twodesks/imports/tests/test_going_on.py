"""Imports that are stopped, tried again, and find something else than before."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast, acting
from twodesks.conversations.models import Message
from twodesks.imports.engine.records import Glance, LeftOut, Reason, Stretch, Wishes
from twodesks.imports.engine.stack_exchange import StackExchangeDump
from twodesks.imports.models import ImportRun
from twodesks.imports.operations import run_import as running
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.start_import import start_import
from twodesks.imports.tests.doing import SERVER, brought_in, looked_at, started
from twodesks.imports.tests.exports import ADA, BEN, as_folder, as_zip, said, slack_files
from twodesks.imports.tests.test_other_sources import DUMP
from twodesks.kit.problem import Busy
from twodesks.media.models import MediaFile


def days(first: int, last: int) -> dict[str, Any]:
    return {
        f"general/2024-05-{day:02}.json": [said(BEN, f"17145540{day:02}.1", f"words of day {day}", thread_ts=f"{day}")]
        for day in range(first, last)
    }


def paused_after(cast: Cast, run: ImportRun, messages: int) -> ImportRun:
    def pause(now: ImportRun) -> None:
        if now.messages >= messages and now.paused_at is None:
            pause_import(actor=acting(cast.dave), run_id=now.pk)

    return run_import(actor=SERVER, run_id=run.pk, progress=pause)


def test_newer_export_at_the_same_path_comes_as_a_whole(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    path = as_folder(slack_files(days(20, 24)), tmp_path / "export")
    run = paused_after(cast, started(cast.dave, path), 2)
    assert (run.state, Message.objects.count()) == ("paused", 2)
    as_folder({name: content for name, content in slack_files(days(10, 26)).items() if "-05-" in name}, path)
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    run = run_import(actor=SERVER, run_id=run.pk)
    assert (run.state, run.messages, Message.objects.count()) == ("report", 16, 16)
    assert Reason.REPEATED.value not in run.left_out


def with_files(tmp_path: Path) -> Path:
    files = [{"id": "F1", "name": "plan.txt", "permalink": "https://t.slack.com/F1"}, {"id": "F2", "name": "good.txt"}]
    day = [said(ADA, "1714554000.1", "look", files=files)]
    content = slack_files({"general/2024-05-01.json": day})
    more = {"__uploads/F1/plan.txt": bytes(range(256)) * 40, "__uploads/F2/good.txt": b"fine"}
    return as_zip(content | more, tmp_path / "e.zip")


def test_file_that_is_broken_in_the_archive_is_told_and_the_next_one_comes(cast: Cast, tmp_path: Path) -> None:
    path = with_files(tmp_path)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("__uploads/F1/plan.txt").header_offset
    raw = bytearray(path.read_bytes())
    raw[at + 100] ^= 0xFF
    path.write_bytes(raw)
    run = brought_in(cast.dave, path)
    assert run.state == "report"
    assert run.left_out[Reason.FILE_UNTAKEN.value]["count"] == 1
    assert [file.filename for file in MediaFile.objects.all()] == ["good.txt"]
    assert Message.objects.get().body == "look\n\n📎 [plan.txt](https://t.slack.com/F1)"


def test_paused_among_its_files_it_rests_and_takes_them_later(cast: Cast, tmp_path: Path) -> None:
    run = paused_after(cast, started(cast.dave, with_files(tmp_path)), 1)
    assert (run.state, MediaFile.objects.count()) == ("paused", 0)
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    assert run_import(actor=SERVER, run_id=run.pk).state == "report"
    assert MediaFile.objects.count() == 2


def test_failed_import_does_not_go_on_beside_another_of_its_source(cast: Cast, tmp_path: Path) -> None:
    path = as_folder(slack_files(days(20, 22)), tmp_path / "export")
    first = started(cast.dave, path)
    path.rename(tmp_path / "elsewhere")
    first = run_import(actor=SERVER, run_id=first.pk)
    assert first.state == "failed"
    (tmp_path / "elsewhere").rename(path)
    second = looked_at(cast.dave, path)
    start_import(actor=acting(cast.dave), run_id=second.pk, work=False)
    with pytest.raises(Busy, match="Another import"):
        pause_import(actor=acting(cast.dave), run_id=first.pk, resume=True)
    assert run_import(actor=SERVER, run_id=second.pk).messages == 2


def test_long_messages_make_small_batches(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH_LETTERS", 5_000)
    day = [said(BEN, f"17145540{n:02}.1", f"{n} " + "x" * 2_000, thread_ts="1714554010.1") for n in range(10, 22)]
    seen: list[int] = []
    run = started(cast.dave, as_folder(slack_files({"general/2024-05-01.json": day}), tmp_path / "export"))
    run = run_import(actor=SERVER, run_id=run.pk, progress=lambda now: seen.append(now.messages))
    assert (run.state, run.messages, run.conversations, run.left_out) == ("report", 12, 1, {})
    assert seen == [3, 6, 9, 12, 12]


def test_dump_without_loose_talk_goes_on_without_going_back(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    monkeypatch.setattr("twodesks.imports.engine.rows.ROWS", 1)
    run = paused_after(cast, started(cast.dave, as_folder(DUMP, tmp_path / "dump"), "stackexchange"), 2)
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)

    def look(self: StackExchangeDump, stretch: Stretch, wishes: Wishes) -> Iterator[Glance | LeftOut]:
        raise AssertionError(f"{stretch.key} is read again")

    monkeypatch.setattr(StackExchangeDump, "look", look)
    assert run_import(actor=SERVER, run_id=run.pk).state == "report"


def test_later_deletions_and_edits_hold_for_messages_of_earlier_days(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    taken_back, edited = said(BEN, "1714554000.1", "the password is swordfish"), said(BEN, "1714554010.1", "at noon")
    newer = {**edited, "text": "at one", "edited": {"user": BEN, "ts": "1714640410.0"}}
    unknown = said(BEN, "1714000000.1", "from before the export, edited")
    days = {
        "general/2024-05-01.json": [taken_back, edited],
        "general/2024-05-02.json": [
            {"type": "message", "subtype": "message_deleted", "ts": "1714640400.1", "deleted_ts": taken_back["ts"]},
            {"type": "message", "subtype": "message_changed", "ts": "1714640410.1", "message": newer},
            {"type": "message", "subtype": "message_changed", "ts": "1714640411.1", "message": unknown},
        ],
    }
    run = brought_in(cast.dave, as_folder(slack_files(days), tmp_path / "export"))
    assert set(Message.objects.values_list("body", flat=True)) == {"at one", "from before the export, edited"}
    assert {reason: told["count"] for reason, told in run.left_out.items()} == {"deleted": 1, "older-wording": 1}


def test_answers_in_later_batches_are_counted(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    at = "1714554000.1"
    days = {
        "general/2024-05-01.json": [said(ADA, at, "where is the lift manual?", thread_ts=at)],
        "general/2024-05-02.json": [said(BEN, "1714640400.1", "in the drawer", thread_ts=at)],
    }
    run = brought_in(cast.dave, as_folder(slack_files(days), tmp_path / "export"))
    assert (run.conversations, run.answered, run.run_channels.get().answered) == (1, 1, 1)


def twice_told(last: int) -> dict[str, Any]:
    """Days with a message each, of which every later day tells the one before it once more."""
    told = days(10, last)
    for day in range(11, last):
        told[f"general/2024-05-{day:02}.json"] += told[f"general/2024-05-{day - 1:02}.json"][:1]
    return told


def repeated(run: ImportRun) -> int:
    return int(run.left_out.get(Reason.REPEATED.value, {"count": 0})["count"])


@pytest.mark.parametrize("batch", [1, 2, 3, 4_000])
def test_repetitions_are_counted_once_in_any_batch_and_after_any_stop(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(running, "BATCH", batch)
    path = as_folder(slack_files(twice_told(20)), tmp_path / "export")
    run = started(cast.dave, path)
    for messages in (1, 3, 6):
        run = paused_after(cast, run, messages)
        if run.state == "paused":
            pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    run = run_import(actor=SERVER, run_id=run.pk)
    assert (run.state, run.messages, repeated(run), run.ahead) == ("report", 10, 9, [])
    again = started(cast.dave, as_folder(slack_files(twice_told(21)), tmp_path / "later"))
    again = paused_after(cast, again, 1)
    if again.state == "paused":
        pause_import(actor=acting(cast.dave), run_id=again.pk, resume=True)
    again = run_import(actor=SERVER, run_id=again.pk)
    assert (again.messages, repeated(again)) == (1, 20)


def test_loose_talk_that_is_read_again_after_a_stop_is_no_repetition(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    entries = {
        f"general/2024-05-{day:02}.json": [
            said(BEN, f"17145540{day:02}.1", f"loose words of day {day}"),
            said(ADA, f"17145540{day:02}.2", f"threaded words of day {day}", thread_ts="1714554010.2"),
        ]
        for day in range(10, 20)
    }
    run = paused_after(cast, started(cast.dave, as_folder(slack_files(entries), tmp_path / "export")), 4)
    assert (run.state, len(run.ahead or ())) == ("paused", run.messages)
    pause_import(actor=acting(cast.dave), run_id=run.pk, resume=True)
    run = run_import(actor=SERVER, run_id=run.pk)
    assert (run.messages, repeated(run)) == (20, 0)
