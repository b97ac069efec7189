"""What people send about insights, as the operations want it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, QueryDict

from twodesks.insights.engine.merging import Clash, Merge
from twodesks.kit.problem import Invalid
from twodesks.kit.timecode import parse_media_fragment

_BIGGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class TextForm:
    """The editor's form. `keep`: the writer is done; else it is a save on the way."""

    title: str
    body: str
    topics: tuple[str, ...]
    channel_id: int | None
    version: int
    base: int
    recording_id: int | None
    known_body: str | None
    note: str
    keep: bool
    problems: Mapping[str, str] = field(default_factory=dict)


def text_form(request: HttpRequest) -> TextForm:
    data = request.POST
    return TextForm(
        title=data.get("title", ""),
        body=data.get("body", "").replace("\r\n", "\n"),
        topics=_topics(data),
        channel_id=number_or_none(data.get("channel", "")),
        version=number_or_none(data.get("version", "")) or 0,
        base=number_or_none(data.get("base", "")) or 0,
        recording_id=number_or_none(data.get("recording", "")),
        known_body=data["known_body"].replace("\r\n", "\n") if "known_body" in data else None,
        note=data.get("note", ""),
        keep=data.get("action") == "keep",
    )


def _topics(data: QueryDict) -> tuple[str, ...]:
    """One field with commas, or one field each."""
    return tuple(topic for entry in data.getlist("topics") for topic in entry.split(",") if topic.strip())


def number_or_none(text: str) -> int | None:
    """A whole number that a database takes; anything else is none."""
    return int(text) if text.isascii() and text.isdigit() and int(text[:12]) <= _BIGGEST else None


def chosen_number(request: HttpRequest, name: str, refusal: str) -> int:
    """Raises `Invalid` when nothing was chosen."""
    number = number_or_none(request.POST.get(name, ""))
    if number is None:
        raise Invalid(refusal, field=name)
    return number


def asked_stretch(request: HttpRequest) -> tuple[int, int | None] | None:
    """`t=12.5,40` of the address. A stretch that cannot be read is the whole recording."""
    text = request.GET.get("t", "")
    try:
        return parse_media_fragment(f"t={text}") if text else None
    except ValueError:
        return None


def settled_clashes(data: QueryDict, merge: Merge) -> list[str]:
    """For each clash `choice-N`: `mine`, `theirs`, or `third` with the words in `third-N`.

    Raises `Invalid` for one that is not settled.
    """
    return [_settled(data, clash) for clash in merge.clashes]


def _settled(data: QueryDict, clash: Clash) -> str:
    choice = data.get(f"choice-{clash.number}")
    if choice == "mine":
        return clash.mine
    if choice == "theirs":
        return clash.theirs
    if choice == "third":
        return data.get(f"third-{clash.number}", "").replace("\r\n", "\n")
    raise Invalid(
        "One place is not settled yet. Choose yours or theirs, or write a third.", field=f"choice-{clash.number}"
    )


def settled_title(data: QueryDict, mine: str, theirs: str) -> str:
    """Raises `Invalid` when neither title was chosen and none written."""
    written: Sequence[str] = [data.get("title", "").strip()]
    chosen = {"mine": mine, "theirs": theirs, "third": written[0]}.get(data.get("choice-title", ""), "")
    if not chosen:
        raise Invalid("Choose a title, yours or theirs, or write a third.", field="choice-title")
    return chosen
