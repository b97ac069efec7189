"""What the recording endpoints accept, as JSON or as a plain form."""

import json
from typing import TypeVar
from uuid import UUID

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, ValidationError

from twodesks.kit.problem import Invalid, TooLarge

MAX_BODY = 4 * 1024**2

F = TypeVar("F", bound="Form")


class Form(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class StartRecording(Form):
    kind: str
    content_type: str
    title: str = ""
    channel_id: int | None = None


class FinishRecording(Form):
    duration_ms: int | None = None


class TakeUploadedFile(Form):
    upload_id: UUID
    title: str = ""
    channel_id: int | None = None


class ChangeRecording(Form):
    """What is absent stays; a `channel_id` of null takes the recording out of its channel."""

    title: str | None = None
    channel_id: int | None = None


def read_form(request: HttpRequest, form: type[F]) -> F:
    """The body of a request as `form`. Raises `Invalid`, naming the field."""
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY:
        raise TooLarge("That is more text than fits here. Nothing was changed; shorten it, and try again.")
    if request.content_type == "application/json":
        try:
            given = json.loads(request.body or b"{}")
        except ValueError as error:
            raise Invalid("This request is not JSON.") from error
    else:
        given = {key: value for key, value in request.POST.items() if key != "csrfmiddlewaretoken"}
    try:
        return form.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else None
        raise Invalid(f"{field or 'This'} needs another look: {first['msg'].lower()}.", field=field) from error
