"""Whether an insight can still be trusted, from dates and verdicts alone.

In doubt: since it was last looked at (kept, revised or checked), at least two said that it did not work and at least
a quarter of all who said anything; or one said so and nobody that it helped. Ageing: nobody has looked at it for
`REVIEW_DAYS`. Else fresh. Open comments and contradicting answers join in when there are any to join.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

REVIEW_DAYS = 180


class State(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    IN_DOUBT = "in-doubt"


@dataclass(frozen=True, slots=True)
class Signs:
    """What there is to judge by. Counts are of verdicts since the last look."""

    kept_at: datetime
    revised_at: datetime | None = None
    checked_at: datetime | None = None
    checked_by: str = ""
    helped_since: int = 0
    failed_since: int = 0
    last_helped_at: datetime | None = None

    @property
    def looked_at(self) -> datetime:
        return max(moment for moment in (self.kept_at, self.revised_at, self.checked_at) if moment is not None)


@dataclass(frozen=True, slots=True)
class Evidence:
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class Freshness:
    state: State
    label: str
    evidence: tuple[Evidence, ...]


def judge(signs: Signs, *, now: datetime) -> Freshness:
    state = _state(signs, now)
    return Freshness(state, _label(state, signs, now), tuple(_evidence(state, signs, now)))


def ago(moment: datetime, now: datetime) -> str:
    """`today`, `yesterday`, `9 days ago`, `in November`, `in November 2024`."""
    days = (now.date() - moment.date()).days
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    return f"in {moment:%B}" if days < 330 else f"in {moment:%B %Y}"


def _state(signs: Signs, now: datetime) -> State:
    failed, helped = signs.failed_since, signs.helped_since
    if (failed >= 2 and failed * 3 >= helped) or (failed == 1 and helped == 0):
        return State.IN_DOUBT
    return State.AGEING if (now - signs.looked_at).days >= REVIEW_DAYS else State.FRESH


def _label(state: State, signs: Signs, now: datetime) -> str:
    if state is State.IN_DOUBT:
        return f"In doubt, {signs.failed_since} said it didn’t work"
    if state is State.AGEING:
        return f"Ageing, last looked at {ago(signs.looked_at, now)}"
    return f"Fresh, {_last_look(signs)} {ago(signs.looked_at, now)}"


def _last_look(signs: Signs) -> str:
    if signs.looked_at == signs.checked_at:
        return "checked"
    return "revised" if signs.looked_at == signs.revised_at else "kept"


def _evidence(state: State, signs: Signs, now: datetime) -> list[Evidence]:
    evidence: list[Evidence] = []
    if signs.failed_since:
        people = "One person" if signs.failed_since == 1 else f"{signs.failed_since} people"
        evidence.append(Evidence("triangle-alert", f"{people} said since then that it didn’t work"))
    if signs.checked_at is not None:
        who = signs.checked_by or "Somebody"
        evidence.append(Evidence("badge-check", f"{who} checked it {ago(signs.checked_at, now)}"))
    if signs.revised_at is not None:
        evidence.append(Evidence("pen-line", f"Revised {ago(signs.revised_at, now)}"))
    if not evidence:
        evidence.append(Evidence("badge-check", f"Kept {ago(signs.kept_at, now)}, and not changed since"))
    left = REVIEW_DAYS - (now - signs.looked_at).days
    evidence.append(
        Evidence("calendar-clock", f"Next look in {left} {'day' if left == 1 else 'days'}")
        if left > 0
        else Evidence("hourglass", f"Nobody has looked at it for {REVIEW_DAYS - left} days")
    )
    if signs.last_helped_at is not None:
        evidence.append(Evidence("hand-heart", f"Last helped somebody {ago(signs.last_helped_at, now)}"))
    return evidence
