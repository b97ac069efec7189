"""What the layout of every page needs."""

from django.http import HttpRequest

from twodesks.people.queries import organisation


def layout(request: HttpRequest) -> dict[str, object]:
    return {"organisation": organisation()}
