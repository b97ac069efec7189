"""What people send about capturing, as the operations want it."""

from django.http import HttpRequest

from twodesks.conversations.forms import number_or_none
from twodesks.kit.problem import Invalid

_MOST = 2_000


def message_ids(request: HttpRequest) -> list[int] | None:
    """The chosen messages; None where the whole conversation is meant. Raises `Invalid`."""
    if request.POST.get("whole"):
        return None
    chosen = request.POST.getlist("message")[:_MOST]
    if not chosen:
        raise Invalid("Choose at least one message. Nothing is changed.", field="messages")
    return [_number(one, "messages") for one in chosen]


def number_of(request: HttpRequest, name: str) -> int | None:
    """The number in that field; None where it is empty. Raises `Invalid`."""
    given = request.POST.get(name, "").strip()
    return _number(given, name) if given else None


def _number(given: str, field: str) -> int:
    number = number_or_none(given)
    if number is None:
        raise Invalid("That choice is not on the list any more. Reload the page; nothing is lost.", field=field)
    return number
