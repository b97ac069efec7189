"""Stack Exchange dumps: questions, answers, comments, votes and people, as XML files of rows.

After the schema that comes with the dumps (meta.stackexchange.com/questions/2677). Bodies are HTML and become Markdown.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from html_to_markdown import ConversionOptions, convert

from twodesks.imports.engine.archive import Archive, reading, root_of
from twodesks.imports.engine.opened import OpenedExport
from twodesks.imports.engine.plain import clean, cut, iso_moment, one_line
from twodesks.imports.engine.records import (
    Glance,
    Item,
    LeftOut,
    Naming,
    Outline,
    Reason,
    Said,
    SourceChannel,
    SourceMessage,
    SourcePerson,
    Stretch,
    Wishes,
)
from twodesks.imports.engine.rows import Rows
from twodesks.kit.markdown import escape
from twodesks.kit.problem import Invalid

CHANNEL = "site"
_QUESTION, _ANSWER = "1", "2"
_UP, _DOWN, _ACCEPTED = "2", "3", "1"
_READ = ("Posts.xml", "Users.xml", "Votes.xml", "Comments.xml")
_OPTIONS = ConversionOptions(escape_asterisks=True, escape_underscores=True, escape_misc=True)

Row = Mapping[str, str]


@dataclass(slots=True)
class _Standing:
    """What is known of all posts before any is given: whose thread they are in, how they were voted for."""

    question_of: dict[str, str] = field(default_factory=dict)
    accepted: set[str] = field(default_factory=set)
    votes: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    other_votes: int = 0
    first_at: str = ""


class StackExchangeDump(OpenedExport):
    """An opened dump of one site; it becomes one channel. Raises `Invalid` when it has no Posts.xml."""

    kind = "stackexchange"
    has_loose_talk = False

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive)
        self._root = root_of(archive, "Posts.xml")
        self._files = {name for name in _READ if f"{self._root}{name}" in archive.names()}
        self._posts = Rows(lambda: self._rows("Posts.xml"))
        self._comments = Rows(lambda: self._rows("Comments.xml"))
        self._standing = self._learn()
        self._name = (self._root.rstrip("/").rsplit("/", 1)[-1] or archive.name).split(".", 1)[0]
        self._people = {person.key: person for person in self._users()}
        self._faults: list[LeftOut] = []

    def _rows(self, name: str) -> Iterator[Row]:
        """The rows of a file. Raises `Invalid` where it breaks off, or at once when it declares entities."""
        if name not in self._files:
            return
        path = f"{self._root}{name}"
        with reading(path), self._archive.open(path) as file:
            try:
                root = None
                for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                    if root is None:
                        root = element
                    elif event == "end" and element.tag == "row":
                        yield dict(element.attrib)
                        root.clear()
            except ParseError as fault:
                raise Invalid(f"{path} is not whole XML ({fault}). Download the dump again.") from None
            except DefusedXmlException:
                raise Invalid(f"{path} declares entities, which a dump never does. Nothing was read of it.") from None

    def _learn(self) -> _Standing:
        known = _Standing()
        try:
            for row in self._rows("Posts.xml"):
                known.first_at = known.first_at or f"{row.get('Id')} {row.get('CreationDate')}"
                if row.get("PostTypeId") == _ANSWER:
                    known.question_of[row.get("Id", "")] = row.get("ParentId", "")
                elif row.get("AcceptedAnswerId"):
                    known.accepted.add(row["AcceptedAnswerId"])
        except Invalid:
            if not known.first_at:
                raise
        self._count_votes(known)
        return known

    def _count_votes(self, known: _Standing) -> None:
        try:
            for row in self._rows("Votes.xml"):
                kind, post = row.get("VoteTypeId"), row.get("PostId", "")
                if kind == _UP:
                    known.votes[post] += 1
                elif kind == _DOWN:
                    known.votes[post] -= 1
                elif kind != _ACCEPTED:
                    known.other_votes += 1
        except Invalid:
            known.votes.clear()

    def _users(self) -> Iterator[SourcePerson]:
        for row in self._rows("Users.xml"):
            key = row.get("Id", "")
            if key:
                name = one_line(row.get("DisplayName"), 120) or f"user {key}"
                yield SourcePerson(key, name, is_bot=key == "-1")

    def outline(self) -> Outline:
        wanted = {f"{self._root}{name}" for name in _READ}
        others = tuple(LeftOut(Reason.OTHER_FILE, name) for name in self._archive.names() if name not in wanted)
        votes = (LeftOut(Reason.VOTE, "Votes.xml", self._standing.other_votes),) if self._standing.other_votes else ()
        missing = tuple(
            LeftOut(Reason.UNREADABLE_FILE, f"{name} is not there") for name in _READ if name not in self._files
        )
        return Outline(
            kind=self.kind,
            identity=self._standing.first_at,
            name=self._name,
            people=tuple(self._people.values()),
            channels=(SourceChannel(CHANNEL, one_line(self._name, 60), purpose="Questions and answers brought in."),),
            left_out=others + votes + missing,
        )

    def stretches(self, wishes: Wishes) -> Iterator[Stretch]:
        if wishes.channels is not None and CHANNEL not in wishes.channels:
            return
        for name, rows in (("Posts.xml", self._posts), ("Comments.xml", self._comments)):
            if name in self._files:
                for number in range(rows.parts()):
                    yield Stretch(f"{name}:{number}", CHANNEL)

    def left_out(self, wishes: Wishes) -> Iterator[LeftOut]:
        if wishes.channels is not None and CHANNEL not in wishes.channels:
            yield LeftOut(Reason.NOT_ASKED, self._name)

    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]:
        name, _, number = stretch.key.partition(":")
        rows = self._posts if name == "Posts.xml" else self._comments
        strangers: set[str] = set()
        for row in rows.part(int(number)):
            for item in self._post(row) if name == "Posts.xml" else self._comment(row):
                stranger = self._stranger(row) if isinstance(item, SourceMessage) else None
                if stranger is not None and stranger.key not in strangers:
                    strangers.add(stranger.key)
                    yield stranger
                yield item
        if rows.fault:
            yield LeftOut(Reason.UNREADABLE_FILE, rows.fault)

    def look(self, stretch: Stretch, wishes: Wishes) -> Iterator[Glance | LeftOut]:
        for item in self.read(stretch, wishes, _Nobody()):
            if isinstance(item, SourceMessage):
                asked = item.said is Said.QUESTION
                yield Glance(item.author_key, item.sent_at, item.thread_key, 0, asked, is_reply=not asked)
            elif isinstance(item, LeftOut):
                yield item

    def _stranger(self, row: Row) -> SourcePerson | None:
        key = _author(row)
        if key in self._people:
            return None
        name = row.get("OwnerDisplayName") or row.get("UserDisplayName") or f"user {key}"
        return SourcePerson(key, one_line(name, 120), is_gone=True)

    def _post(self, row: Row) -> Iterator[Item]:
        key, at = row.get("Id", ""), iso_moment(row.get("CreationDate"))
        kind = row.get("PostTypeId")
        if kind not in (_QUESTION, _ANSWER):
            yield LeftOut(Reason.PAGE, f"post {key}")
            return
        if at is None or not key:
            yield LeftOut(Reason.UNREADABLE_MESSAGE, f"post {key or 'without a number'}")
            return
        markdown, was_cut = cut(html_to_markdown(row.get("Body", "")))
        if was_cut:
            yield LeftOut(Reason.CUT, f"post {key}")
        asked = kind == _QUESTION
        votes = self._standing.votes.get(key)
        yield SourceMessage(
            key=f"post:{key}",
            channel_key=CHANNEL,
            author_key=_author(row),
            sent_at=at,
            markdown=markdown or "…",
            thread_key=f"post:{key if asked else row.get('ParentId', '')}",
            said=Said.QUESTION if asked else Said.ANSWER,
            title=one_line(row.get("Title"), 200) if asked else "",
            edited_at=iso_moment(row.get("LastEditDate")),
            reply_to=None if asked else f"post:{row.get('ParentId', '')}",
            topics=_tags(row.get("Tags", "")) if asked else (),
            votes=votes if votes is not None else _whole(row.get("Score")),
            is_accepted=key in self._standing.accepted,
        )

    def _comment(self, row: Row) -> Iterator[Item]:
        key, post, at = row.get("Id", ""), row.get("PostId", ""), iso_moment(row.get("CreationDate"))
        if at is None or not key:
            yield LeftOut(Reason.UNREADABLE_MESSAGE, f"comment {key or 'without a number'}")
            return
        words = clean(row.get("Text")).strip()
        if not words:
            yield LeftOut(Reason.EMPTY, f"comment {key}")
            return
        markdown, was_cut = cut(words)
        if was_cut:
            yield LeftOut(Reason.CUT, f"comment {key}")
        yield SourceMessage(
            key=f"comment:{key}",
            channel_key=CHANNEL,
            author_key=_author(row),
            sent_at=at,
            # Comments are Markdown already, of the small kind.
            markdown=markdown,
            thread_key=f"post:{self._standing.question_of.get(post, post)}",
            said=Said.COMMENT,
            reply_to=f"post:{post}",
            votes=_whole(row.get("Score")),
        )


class _Nobody:
    def person(self, key: str, fallback: str) -> str:
        return fallback or key

    channel = person


def html_to_markdown(html: str) -> str:
    """The body of a post. HTML that the converter cannot take comes through as words."""
    html = clean(html)
    try:
        return clean(convert(html, _OPTIONS).content).strip()
    except Exception:  # noqa: BLE001 - a converter in another language; whatever it raises, the words must not be lost
        return escape(html)


def _author(row: Row) -> str:
    user = row.get("OwnerUserId") or row.get("UserId")
    name = row.get("OwnerDisplayName") or row.get("UserDisplayName")
    return user or (f"gone:{name}" if name else "nobody")


def _tags(told: str) -> tuple[str, ...]:
    """`<one><two>` or, in newer dumps, `|one|two|`."""
    return tuple(tag for tag in told.replace("><", "|").strip("<>|").split("|") if tag)


def _whole(told: str | None) -> int:
    try:
        return int(told or 0)
    except ValueError:
        return 0
