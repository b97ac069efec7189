"""What the recording endpoints accept, as JSON or as a plain form."""

import json
from typing import Annotated, TypeVar
from uuid import UUID

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twodesks.kit.problem import Invalid, TooLarge

MAX_BODY = 4 * 1024**2

# Numbers that a row can hold.
Number = Annotated[int, Field(ge=-(2**53), le=2**53)]

F = TypeVar("F", bound="Form")


class Form(BaseModel):
    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class StartRecording(Form):
    kind: str
    content_type: str
    title: str = ""
    channel_id: Number | None = None


class FinishRecording(Form):
    duration_ms: Number | None = None


class TakeUploadedFile(Form):
    upload_id: UUID
    title: str = ""
    channel_id: Number | None = None


class ChangeRecording(Form):
    """What is absent stays; a `channel_id` of null takes the recording out of its channel."""

    title: str | None = None
    channel_id: Number | None = None


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


class Mend(Form):
    """Every change of captions names the version it is based on."""

    based_on: Number


class CorrectCue(Mend):
    cue: Number
    text: str


class SplitCue(Mend):
    cue: Number
    word: Number


class MergeCues(Mend):
    cue: Number


class RetimeCue(Mend):
    cue: Number
    start_ms: Number
    end_ms: Number


class NameSpeaker(Mend):
    """`member_id`, or `name` for a guest; `everywhere` is false for the one turn alone."""

    cue: Number
    name: str = ""
    member_id: Number | None = None
    everywhere: bool = True


class ReplaceCaptions(Form):
    based_on: Number | None = None
    text: str
    filename: str = ""


class ChapterAt(Form):
    based_on: Number | None = None
    start_ms: Number


class TitledChapter(ChapterAt):
    title: str


class MakeClip(Form):
    start_ms: Number
    end_ms: Number
    title: str
