"""Communities for the measurements of similar questions and of routing: dumps of Stack Exchange, read in one pass.

A dump is a folder with Posts.xml, and as far as it has them Votes.xml, Comments.xml and PostLinks.xml.
"""

import html
import os
import re
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[1].parent / "shared" / "data"))
DAY_S = 86_400.0
RELATED, DUPLICATE = "1", "3"

_DUPLICATE_NOTE = re.compile(r"<blockquote>\s*<p><strong>Possible Duplicate.*?</blockquote>", re.DOTALL | re.IGNORECASE)
# A link to another question often carries its title: read, it would give the answer to the benchmark away.
_POST_LINK = re.compile(r"<a [^>]*href=\"[^\"]*/(?:q|a|questions|posts)/\d+[^\"]*\"[^>]*>.*?</a>", re.DOTALL)
_POST_ADDRESS = re.compile(r"https?://\S*/(?:q|a|questions|posts)/\d+\S*")
_TAG = re.compile(r"<[^>]+>")
_TAG_NAMES = re.compile(r"[<|]([^<>|]+)")


@dataclass(slots=True)
class Post:
    """`accepted_at` and `voted_at` (votes up) are when it was known, in seconds; dumps give days: the day's end."""

    id: int
    author: int | None
    at: float
    text: str
    accepted_at: float | None = None
    voted_at: list[float] = field(default_factory=list)
    voted_down_at: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """A question with its answers in order of time; `accepted` is the answer that its asker took."""

    id: int
    asker: int | None
    at: float
    title: str
    body: str
    tags: tuple[str, ...]
    answers: list[Post] = field(default_factory=list)
    accepted: Post | None = None


@dataclass(frozen=True, slots=True)
class Community:
    """`links` are pairs of questions, the later one first, that people called related or duplicates."""

    name: str
    questions: Sequence[Asked]
    links: Sequence[tuple[int, int]]


def named_folders() -> list[Path]:
    named = sys.argv[1:] or [part for part in os.environ.get("STACKEXCHANGE", "").split(os.pathsep) if part]
    return [Path(name) for name in named]


def folders() -> list[Path]:
    """The dumps to measure on: those named on the command line or in `STACKEXCHANGE`, else the ones at hand."""
    found = named_folders() or sorted(path.parent for path in DATA.glob("stackexchange/*/Posts.xml"))
    missing = [str(path) for path in found if not (path / "Posts.xml").exists()]
    if missing or not found:
        raise SystemExit(f"No Posts.xml in {', '.join(missing) or DATA / 'stackexchange'}: name folders of dumps.")
    return found


def read_community(folder: Path) -> Community:
    """The whole dump in memory, questions in order of time; posts of deleted members have no author."""
    questions, answers, accepted = _read_posts(folder / "Posts.xml")
    posts = {answer.id: answer for listed in answers.values() for answer in listed}
    for kind, post_id, at in _votes(folder / "Votes.xml"):
        post = posts.get(post_id)
        if post is not None:
            _count_vote(post, kind, at)
    for question in questions:
        question.answers = sorted(answers.get(question.id, ()), key=lambda answer: answer.at)
        question.accepted = posts.get(accepted.get(question.id, 0))
        if question.accepted is not None and question.accepted.accepted_at is None:
            question.accepted.accepted_at = question.accepted.at + DAY_S
    order = {question.id: number for number, question in enumerate(questions)}
    return Community(folder.name, questions, sorted(_links(folder / "PostLinks.xml", order)))


def _count_vote(post: Post, kind: str, at: float) -> None:
    if kind == "1":
        post.accepted_at = at
    elif kind == "2":
        post.voted_at.append(at)
    else:
        post.voted_down_at.append(at)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    for _, row in ET.iterparse(path, events=("end",)):
        if row.tag == "row":
            yield dict(row.attrib)
            row.clear()


def _read_posts(path: Path) -> tuple[list[Asked], dict[int, list[Post]], dict[int, int]]:
    questions: list[Asked] = []
    answers: dict[int, list[Post]] = defaultdict(list)
    accepted: dict[int, int] = {}
    for row in _rows(path):
        owner = int(row["OwnerUserId"]) if int(row.get("OwnerUserId", -1)) > 0 else None
        at, text = _seconds(row["CreationDate"]), _plain(row.get("Body", ""))
        if row["PostTypeId"] == "1":
            tags = tuple(_TAG_NAMES.findall(html.unescape(row.get("Tags", ""))))
            questions.append(Asked(int(row["Id"]), owner, at, row.get("Title", ""), text, tags))
            if "AcceptedAnswerId" in row:
                accepted[int(row["Id"])] = int(row["AcceptedAnswerId"])
        elif row["PostTypeId"] == "2" and "ParentId" in row:
            answers[int(row["ParentId"])].append(Post(int(row["Id"]), owner, at, text))
    questions.sort(key=lambda question: (question.at, question.id))
    return questions, answers, accepted


def _votes(path: Path) -> Iterator[tuple[str, int, float]]:
    """Accepted (1), up (2) and down (3) votes; a vote is known when its day is over."""
    for row in _rows(path):
        if row.get("VoteTypeId") in ("1", "2", "3") and "PostId" in row:
            yield row["VoteTypeId"], int(row["PostId"]), _seconds(row["CreationDate"]) + DAY_S


def _links(path: Path, order: dict[int, int]) -> set[tuple[int, int]]:
    pairs = set()
    for row in _rows(path):
        first, second = int(row["PostId"]), int(row["RelatedPostId"])
        if row["LinkTypeId"] in (RELATED, DUPLICATE) and first in order and second in order and first != second:
            later, earlier = (first, second) if order[first] > order[second] else (second, first)
            pairs.add((later, earlier))
    return pairs


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _plain(body: str) -> str:
    """Text without markup, and without what names another question."""
    kept = _POST_LINK.sub(" ", _DUPLICATE_NOTE.sub(" ", body))
    return _POST_ADDRESS.sub(" ", html.unescape(_TAG.sub(" ", kept))).strip()
