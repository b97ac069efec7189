"""What the demo workspace consists of, read from the files beside this one and checked while it is read.

Moments are relative to the day on which the demo is loaded: `-3d 09:15` is a quarter past nine three days ago.
"""

import json
import re
import tomllib
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FOLDER = Path(__file__).parent
_MOMENT = re.compile(r"^(0|-\d+)d (\d\d):(\d\d)$")
_FRONT_MATTER = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.*)\Z", re.DOTALL)


def moment_in(text: str, now: datetime) -> datetime:
    """The moment that `-3d 09:15` means at `now`; never later than a minute ago. Raises ValueError."""
    found = _MOMENT.match(text)
    if found is None:
        raise ValueError(f"not a moment, write it as -3d 09:15: {text!r}")
    days, hour, minute = (int(part) for part in found.groups())
    day = now.replace(hour=hour, minute=minute, second=0, microsecond=0) + timedelta(days=days)
    return min(day, now - timedelta(minutes=1))


def _checked_moment(text: str) -> str:
    if not _MOMENT.match(text):
        raise ValueError(f"not a moment, write it as -3d 09:15: {text!r}")
    return text


Moment = Annotated[str, AfterValidator(_checked_moment)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Part):
    key: str
    name: str
    role: Literal["member", "curator", "administrator"]
    job_title: str
    place: str
    time_zone: str
    helps_with: str
    joined: Moment

    @property
    def email(self) -> str:
        return f"{self.key}@ridgeway.example"

    @property
    def portrait(self) -> Path:
        return FOLDER / "portraits" / f"{self.key}.webp"


class ChannelContent(_Part):
    name: str
    purpose: str
    stewards: tuple[str, ...] = Field(min_length=1)
    followers: tuple[str, ...] = ()
    private: bool = False
    members: tuple[str, ...] = ()
    created: Moment


class RecordingContent(_Part):
    """`corrections` are what `checked_by` mended in the captions, as [heard, said]; `chapters` their better titles."""

    key: str
    title: str
    file: str
    kind: Literal["screen", "camera", "voice"]
    owner: str
    channel: str
    recorded: Moment
    checked_by: str | None = None
    corrections: tuple[tuple[str, str], ...] = ()
    chapters: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        return FOLDER / "recordings" / self.file

    @cached_property
    def captions(self) -> dict[str, Any]:
        """What our own capture wrote about this file."""
        found: dict[str, Any] = json.loads((FOLDER / "recordings" / f"{self.key}.captions.json").read_text("utf-8"))
        return found


class ThanksContent(_Part):
    giver: str = Field(alias="from")
    to: str
    words: str
    at: Moment


class InsightContent(_Part):
    """`captured` is who wrote it; the first of them is its author. Without `published` it is still their draft."""

    key: str
    title: str
    channel: str
    topics: tuple[str, ...]
    captured: tuple[str, ...] = Field(min_length=1)
    explained: tuple[str, ...] = Field(min_length=1)
    asked: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    recording: str | None = None
    published: Moment | None = None
    checked: tuple[str, Moment] | None = None
    helped: dict[str, str] = {}
    did_not_work: dict[str, str] = {}
    thanks: tuple[ThanksContent, ...] = ()
    body: str

    @property
    def author(self) -> str:
        return self.captured[0]

    @property
    def credits(self) -> list[tuple[str, str]]:
        """Who did what, as (role, person). Writing down what one explains oneself is no second merit."""
        roles = ("explained", "asked", "captured", "edited", "reviewed")
        named = [(role, person) for role in roles for person in getattr(self, role)]
        return [(role, person) for role, person in named if role != "captured" or person not in self.explained]


class MessageContent(_Part):
    """`thanks`: who thanked, and with which words; `signs`: who put which sign on it."""

    by: str
    at: Moment
    body: str = ""
    recording: str | None = None
    accepted: bool = False
    thanks: dict[str, str] = {}
    signs: dict[str, tuple[str, ...]] = {}


class ConversationContent(_Part):
    """`by` asked it, without their name if `anonymous`; `asked` is whom in particular. `picture` came with it."""

    key: str
    channel: str
    kind: Literal["question", "discussion", "walkthrough"]
    title: str
    by: str
    at: Moment
    body: str
    anonymous: bool = False
    asked: str | None = None
    picture: str | None = None
    topics: tuple[str, ...] = ()
    me_too: tuple[str, ...] = ()
    message: tuple[MessageContent, ...] = ()

    @property
    def picture_path(self) -> Path | None:
        return FOLDER / "pictures" / f"{self.picture}.webp" if self.picture else None

    @property
    def people(self) -> set[str]:
        """Everybody who has a part in it."""
        told = {person for said in self.message for person in (said.by, *said.thanks, *sum(said.signs.values(), ()))}
        return {self.by, *self.me_too, *([self.asked] if self.asked else []), *told}


class OptionContent(_Part):
    text: str
    right: bool = False
    feedback: str


class QuestionContent(_Part):
    prompt: str
    insight: str
    explanation: str
    options: tuple[OptionContent, ...] = Field(min_length=2)


class LessonContent(_Part):
    """Either the insight it pins, or the title of a quiz and its questions."""

    insight: str | None = None
    quiz: str | None = None
    question: tuple[QuestionContent, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> "LessonContent":
        if (self.insight is None) == (self.quiz is None) or bool(self.quiz) != bool(self.question):
            raise ValueError("a lesson is an insight, or a quiz with questions")
        return self


class SectionContent(_Part):
    title: str
    lesson: tuple[LessonContent, ...] = Field(min_length=1)


class CourseContent(_Part):
    key: str
    title: str
    channel: str
    made_by: str
    audience: str
    outcome: str
    published: Moment
    section: tuple[SectionContent, ...] = Field(min_length=1)

    @property
    def lessons(self) -> list[LessonContent]:
        return [lesson for section in self.section for lesson in section.lesson]


class EnrolmentContent(_Part):
    """`finished` counts lessons from the first; `wrong_first` is how many answers the first try at a quiz had wrong."""

    member: str
    course: str
    finished: int = Field(ge=0)
    wrong_first: int = Field(default=0, ge=0)
    began: Moment
    active: Moment


class Content(_Part):
    people: tuple[Person, ...]
    channels: tuple[ChannelContent, ...]
    recordings: tuple[RecordingContent, ...]
    insights: tuple[InsightContent, ...]
    conversations: tuple[ConversationContent, ...]
    courses: tuple[CourseContent, ...]
    enrolments: tuple[EnrolmentContent, ...]


def read_content() -> Content:
    """Everything, from oldest to newest. Raises pydantic's ValidationError naming what is wrong."""
    content = Content.model_validate(
        {
            "people": _table("people.toml")["person"],
            "channels": _table("channels.toml")["channel"],
            "recordings": _table("recordings.toml")["recording"],
            "insights": [_read_insight(path) for path in sorted((FOLDER / "insights").glob("*.md"))],
            "courses": [
                {"key": path.stem} | tomllib.loads(path.read_text("utf-8"))
                for path in sorted((FOLDER / "courses").glob("*.toml"))
            ],
            "conversations": _table("conversations.toml")["conversation"],
            "enrolments": _table("learning.toml")["enrolment"],
        }
    )
    return content.model_copy(update={"insights": tuple(sorted(content.insights, key=_age, reverse=True))})


def _age(insight: InsightContent) -> timedelta:
    now = datetime(2026, 1, 1, 23, 59)  # noqa: DTZ001 - any moment does, only the difference counts
    return now - moment_in(insight.published or "0d 23:59", now)


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text("utf-8"))


def _read_insight(path: Path) -> dict[str, Any]:
    found = _FRONT_MATTER.match(path.read_text("utf-8"))
    if found is None:
        raise ValueError(f"{path.name} does not begin with a front matter between +++ lines")
    return tomllib.loads(found[1]) | {"key": path.stem, "body": found[2].strip()}
