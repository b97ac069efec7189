"""`twodesks untangle`, as a person at a terminal calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TALK = [
    {"id": 7, "ts": 1_700_000_000, "author": "anna", "text": "does anybody know how to restart the billing worker?"},
    {"id": "b", "ts": "2023-11-14T22:14:20+00:00", "author": "carl", "text": "where are the slides of the training?"},
    {"id": 9, "ts": "1700000100.000200", "author": "ben", "text": "anna: systemctl restart billing"},
    {"id": 10, "ts": "2023-11-14T22:16:00", "author": "dora", "text": "in the shared drive", "thread": "b"},
]


def untangle(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "twodesks", "untangle", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "talk.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_lines_become_links(tmp_path: Path) -> None:
    talk = written(tmp_path, *map(json.dumps, TALK), "")
    told = untangle(str(talk))
    assert told.returncode == 0, told.stderr
    assert [json.loads(line) for line in told.stdout.splitlines()] == [
        {"id": 7, "conversation": 7, "reply_to": None},
        {"id": "b", "conversation": "b", "reply_to": None},
        {"id": 9, "conversation": 7, "reply_to": 7},
        {"id": 10, "conversation": "b", "reply_to": "b"},
    ]
    into = tmp_path / "links.jsonl"
    assert untangle(str(talk), "-o", str(into)).returncode == 0
    assert into.read_text(encoding="utf-8") == told.stdout


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x", "ts": 1', "not JSON"),
        ("[1, 2]", "not an object"),
        ('{"id": "x", "ts": 1, "text": "hi"}', "no 'author'"),
        ('{"id": true, "ts": 1, "author": "a", "text": "hi"}', '"id" is neither'),
        ('{"id": "x", "ts": "yesterday", "author": "a", "text": "hi"}', '"ts" is neither'),
        ('{"id": "x", "ts": NaN, "author": "a", "text": "hi"}', '"ts" is neither'),
        ('{"id": "x", "ts": 1, "author": "a", "text": 5}', '"text" is not text'),
        ('{"id": "7", "ts": 1, "author": "a", "text": "hi"}', "was there before"),
        ('{"id": "x", "ts": 1, "author": "a", "text": "hi", "thread": [1]}', '"thread" is neither'),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(tmp_path: Path, line: str, why: str) -> None:
    talk = written(tmp_path, json.dumps(TALK[0]), json.dumps(TALK[1]), line)
    into = tmp_path / "links.jsonl"
    into.write_text("what was there before", encoding="utf-8")
    told = untangle(str(talk), "-o", str(into))
    assert told.returncode == 1
    assert "Line 3" in told.stderr
    assert why in " ".join(told.stderr.split())
    assert "Traceback" not in told.stderr
    assert into.read_text(encoding="utf-8") == "what was there before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links.jsonl", "talk.jsonl"]
    printed = untangle(str(talk))
    assert (printed.returncode, printed.stdout) == (1, "")


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_bytes(json.dumps(TALK[0]).encode() + b"\n\xff\xfe\x00\n")
    told = untangle(str(path))
    assert told.returncode == 1
    assert "UTF-8" in told.stderr
    assert told.stdout == ""


def test_an_empty_file_gives_nothing(tmp_path: Path) -> None:
    told = untangle(str(written(tmp_path)))
    assert (told.returncode, told.stdout) == (0, "")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    told = untangle(str(tmp_path / "none.jsonl"))
    assert told.returncode == 2
    assert "does not exist" in told.stderr
