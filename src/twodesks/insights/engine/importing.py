"""Lines of a library that comes from elsewhere, read and checked before anything is written."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from twodesks.insights.engine.words import TITLE_CHARS, TOPIC_CHARS, TOPICS, clean_body, clean_title, clean_topics
from twodesks.kit.problem import Invalid, Problem

FAULTS_TOLD = 10
KEY_CHARS = 200


@dataclass(frozen=True, slots=True)
class ImportedInsight:
    """One line. `author` is an e-mail address or a name; `created_at` is None when the line does not say."""

    key: str
    title: str
    body: str
    author: str
    topics: tuple[str, ...]
    created_at: datetime | None


def read_lines(lines: Iterable[str]) -> Iterator[ImportedInsight]:
    """The insights of a JSON Lines file; empty lines are passed over. Raises `Invalid` at the first fault."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _read(number, line)


def check_lines(lines: Iterable[str]) -> int:
    """How many insights there are. Raises `Invalid` that names the first faults, before anything is written."""
    faults: list[str] = []
    count = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            _read(number, line)
        except Invalid as fault:
            faults.append(fault.detail)
        count += 1
    if faults:
        told = "\n".join(faults[:FAULTS_TOLD])
        more = f"\nand {len(faults) - FAULTS_TOLD} more." if len(faults) > FAULTS_TOLD else ""
        raise Invalid(f"Nothing was imported. Mend these lines and run it again:\n{told}{more}")
    return count


def _read(number: int, line: str) -> ImportedInsight:
    try:
        told = json.loads(line)
    except ValueError:
        raise Invalid(f"Line {number} is not JSON.") from None
    if not isinstance(told, dict):
        raise Invalid(f"Line {number} is not an object with a title and a body.")
    try:
        return _insight(told)
    except Problem as fault:
        raise Invalid(f"Line {number}: {fault.detail}") from None


def _insight(told: dict[str, Any]) -> ImportedInsight:
    title, body = _text(told, "title"), clean_body(_text(told, "body"))
    title = " ".join(title.split())
    if not title:
        raise Invalid("it has no title.")
    if len(title) > TITLE_CHARS:
        # The whole of it goes above the body, so that nothing is lost.
        body = f"{title}\n\n{body}"
        title = title[: TITLE_CHARS - 1].rsplit(" ", 1)[0] + "…"
    title = clean_title(title)
    key = " ".join(_text(told, "key").split())[:KEY_CHARS]
    return ImportedInsight(
        key=key or hashlib.blake2b(f"{title}\n{body}".encode(), digest_size=12).hexdigest(),
        title=title,
        body=body or title,
        author=" ".join(_text(told, "author").split())[:KEY_CHARS],
        topics=_topics(told.get("topics")),
        created_at=_moment(told.get("created_at")),
    )


def _text(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int):
        raise Invalid(f"its {name} is not text.")
    return str(value)


def _topics(told: Any) -> tuple[str, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or not all(isinstance(topic, str) for topic in told):
        raise Invalid("its topics are not a list of texts.")
    return tuple(clean_topics(topic[:TOPIC_CHARS] for topic in told[:TOPICS]))


def _moment(told: Any) -> datetime | None:
    if told is None:
        return None
    try:
        moment = datetime.fromtimestamp(told, UTC) if isinstance(told, int | float) else datetime.fromisoformat(told)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Invalid("its created_at is not a time such as 2026-11-22T09:30:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
