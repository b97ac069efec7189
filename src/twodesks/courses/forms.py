"""What people type about a course; operations check for sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms

from twodesks.courses.operations.set_question import OptionInput
from twodesks.kit.problem import Invalid

if TYPE_CHECKING:
    from twodesks.courses.models import Question

OPTION_SLOTS = 6
FIRST_SLOTS = 4


class CourseForm(forms.Form):
    title = forms.CharField(
        label="Title",
        max_length=200,
        error_messages={"required": "Give the course a title. It can be changed later."},
    )
    audience = forms.CharField(
        label="For whom",
        max_length=200,
        required=False,
        help_text="One sentence, for example: For anybody who picks up the phone.",
    )
    outcome = forms.CharField(
        label="After it, you can",
        max_length=2000,
        required=False,
        help_text="One line for each thing people will be able to do. You need it to publish.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    channel_id = forms.TypedChoiceField(
        label="Channel",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Whoever sees the channel can take the course. Without one, everybody can.",
    )

    def __init__(self, *args: object, channels: Sequence[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["channel_id"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [("", "Everybody"), *channels]


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question as the studio's form holds it: as it is, or as somebody wrote it with what is missing in `problem`."""

    pk: int | None = None
    prompt: str = ""
    explanation: str = ""
    insight_id: int | None = None
    options: Sequence[OptionInput] = ()
    problem: str = ""

    @classmethod
    def of(cls, question: "Question") -> "QuestionForm":
        options = [OptionInput(one.text, one.is_right, one.feedback) for one in question.options.all()]
        return cls(question.pk, question.prompt, question.explanation, question.insight_id, options)

    @property
    def slots(self) -> list[OptionInput]:
        """The answers and room for more of them."""
        wanted = min(max(len(self.options) + 1, FIRST_SLOTS if self.pk is None else 0), OPTION_SLOTS)
        return [*self.options, *[OptionInput("", is_right=False)] * (wanted - len(self.options))]


def ids_in(values: Sequence[str]) -> list[int]:
    """Ids of a form's list, in order, each once. Raises `Invalid` for anything that is not one."""
    try:
        return list(dict.fromkeys(int(value) for value in values))
    except ValueError as error:
        raise Invalid("Something on this page was out of date. Load it again; nothing was changed.") from error


def options_in(texts: Sequence[str], right: Sequence[str], feedback: Sequence[str]) -> list[OptionInput]:
    """The answers of a question: `right` holds the places (from 0) of the right ones."""
    return [
        OptionInput(text=text, is_right=str(place) in right, feedback=feedback[place] if place < len(feedback) else "")
        for place, text in enumerate(texts)
    ]


def order_in(sections: Sequence[str]) -> list[tuple[int, list[int]]]:
    """`["4:7,8", "5:"]`, section and its lessons, as `[(4, [7, 8]), (5, [])]`. Raises `Invalid`."""
    order = []
    for entry in sections:
        section, _, lessons = entry.partition(":")
        order.append((ids_in([section])[0], ids_in([lesson for lesson in lessons.split(",") if lesson])))
    return order
