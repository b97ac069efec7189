"""`twodesks untangle`."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from twodesks.kit.problem import Invalid
from twodesks.language.untangling import ChatMessage, Link, Untangler

app = typer.Typer()


@app.command("untangle")
def untangle_file(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            metavar="IN.jsonl",
            help='JSON Lines of {"id", "ts", "author", "text"}, in order.',
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="Write here instead of printing.")
    ] = None,
) -> None:
    """Split the talk of one channel into conversations, with who replies to whom.

    Each line becomes {"id", "conversation", "reply_to"}: the id of the message that began its conversation, and of the
    one it replies to, or null. A line may say {"thread": id} where the message it replies to is known.
    """
    names = _check(file)
    if output is None:
        _write(_links(file), names, sys.stdout)
        return
    # Written beside and put in place when complete, so that what stood there before is never half overwritten.
    handle, made = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as lines:
            _write(_links(file), names, lines)
        Path(made).chmod(0o644)
        Path(made).replace(output)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def _check(path: Path) -> dict[str, int]:
    """Every line is read once before anything is written. Returns the ids that are numbers, as they are compared."""
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    for number, told in _read(path):
        id_ = _message(number, told).id
        if id_ in seen:
            raise _refusal(number, f'the id "{id_}" was there before; each message needs its own')
        seen.add(id_)
        if isinstance(told["id"], int):
            numbers[id_] = told["id"]
    return numbers


def _links(path: Path) -> Iterator[Link]:
    untangler = Untangler()
    for number, told in _read(path):
        yield from untangler.add(_message(number, told))
    yield from untangler.finish()


def _write(links: Iterator[Link], numbers: dict[str, int], target: TextIO) -> None:
    for link in links:
        parent = link.reply_to
        line = {
            "id": numbers.get(link.id, link.id),
            "conversation": numbers.get(link.conversation, link.conversation),
            "reply_to": None if parent is None else numbers.get(parent, parent),
        }
        target.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="strict") as lines:
        number = 0
        try:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, _object(number, line)
        except UnicodeDecodeError:
            raise _refusal(number + 1, "it is not UTF-8") from None


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise _refusal(number, "it is not JSON") from None
    if not isinstance(told, dict):
        raise _refusal(number, 'it is not an object with "id", "ts", "author" and "text"')
    missing = [key for key in ("id", "ts", "author", "text") if key not in told]
    if missing:
        raise _refusal(number, f"it has no {' and no '.join(repr(key) for key in missing)}")
    return told


def _message(number: int, told: dict[str, Any]) -> ChatMessage:
    thread = told.get("thread")
    return ChatMessage(
        id=_name(number, told["id"], "id"),
        ts=_seconds(number, told["ts"]),
        author=_text(number, told["author"], "author"),
        text=_text(number, told["text"], "text"),
        thread=None if thread is None else _name(number, thread, "thread"),
    )


def _name(number: int, value: object, key: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise _refusal(number, f'its "{key}" is neither text nor a whole number')
    return str(value)


def _text(number: int, value: object, key: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _refusal(number, f'its "{key}" is not text')
    return value


def _seconds(number: int, value: object) -> float:
    """Since 1970: a number, or digits as Slack writes them, or an ISO 8601 time, in UTC if it names no zone."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(number, float(value))
    if isinstance(value, str):
        try:
            return _finite(number, float(value))
        except ValueError:
            pass
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise _no_time(number) from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    raise _no_time(number)


def _finite(number: int, seconds: float) -> float:
    if not abs(seconds) < 1e14:
        raise _no_time(number)
    return seconds


def _no_time(number: int) -> Invalid:
    return _refusal(number, 'its "ts" is neither seconds since 1970 nor a time such as 2026-03-01T09:30:00Z')


def _refusal(number: int, why: str) -> Invalid:
    return Invalid(f"Line {number} cannot be read: {why}. Nothing was written; mend the line and run this again.")
