"""What people send about conversations, as the operations want it."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from twodesks.kit.problem import Invalid

_BIGGEST = 2**63 - 1
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class MessageForm:
    body: str
    reply_to_id: int | None
    recording_id: int | None
    attachment_ids: tuple[int, ...]
    client_key: str | None


def message_form(request: HttpRequest) -> MessageForm:
    """Raises `Invalid` for more files than one message takes."""
    data = request.POST
    attachments = numbers(data, "attachment")
    if len(attachments) > MOST_FILES:
        raise Invalid(f"A message takes up to {MOST_FILES} files. Send the others by themselves.", field="attachments")
    return MessageForm(
        body=data.get("body", "").replace("\r\n", "\n"),
        reply_to_id=number_or_none(data.get("reply_to", "")),
        recording_id=number_or_none(data.get("recording", "")),
        attachment_ids=attachments,
        client_key=data.get("key", "")[:40] or None,
    )


def number_or_none(text: str) -> int | None:
    """A whole number that a database takes; anything else is none."""
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) if is_number and int(text) <= _BIGGEST else None


def numbers(data: QueryDict, name: str) -> tuple[int, ...]:
    """Each field of that name, and each of several with commas between; what is no number is left out."""
    parts = [part for entry in data.getlist(name) for part in entry.split(",")]
    return tuple(number for part in parts if (number := number_or_none(part.strip())) is not None)


def chosen_number(request: HttpRequest, name: str, refusal: str) -> int:
    """Raises `Invalid` when nothing was chosen."""
    number = number_or_none(request.POST.get(name, ""))
    if number is None:
        raise Invalid(refusal, field=name)
    return number
