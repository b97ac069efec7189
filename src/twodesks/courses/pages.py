"""A quiz as its page shows it: before a try without any hint, after one with what was right and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twodesks.courses.models import Attempt, Lesson, Option, Question
from twodesks.courses.queries import questions_of
from twodesks.insights.queries import visible_insights
from twodesks.kit.actor import Actor


@dataclass(frozen=True, slots=True)
class OptionLine:
    """`verdict`: empty before a try; then `right`, `wrong`, `missed`, or empty again."""

    option: Option
    is_chosen: bool
    verdict: str

    @property
    def why(self) -> str:
        """What stands beside it after a try: a word, never only a colour."""
        return {"right": "Right", "wrong": "Your answer", "missed": "You left this one out"}.get(self.verdict, "")


@dataclass(frozen=True, slots=True)
class QuestionBlock:
    question: Question
    number: int
    options: list[OptionLine]
    is_right: bool | None
    source_id: int | None
    source_title: str

    @property
    def is_several(self) -> bool:
        return self.question.kind == Question.Kind.SEVERAL


def quiz_page(
    actor: Actor, lesson: Lesson, attempt: Attempt | None, chosen: Mapping[int, Sequence[int]]
) -> list[QuestionBlock]:
    """The questions with what was chosen: in `attempt` when there was one, else in `chosen`, not yet sent."""
    questions = questions_of(lesson)
    sources = [question.insight_id for question in questions if question.insight_id]
    shared = dict(visible_insights(actor).filter(pk__in=sources).values_list("pk", "title"))
    return [
        _block(question, number, attempt, chosen.get(question.pk, ()), shared)
        for number, question in enumerate(questions, 1)
    ]


def _block(
    question: Question, number: int, attempt: Attempt | None, chosen: Sequence[int], shared: Mapping[int, str]
) -> QuestionBlock:
    picked = set(attempt.answers.get(str(question.pk), [])) if attempt else set(chosen)
    options = list(question.options.all())
    lines = [
        OptionLine(option, option.pk in picked, _verdict(option, option.pk in picked) if attempt else "")
        for option in options
    ]
    right = picked == {option.pk for option in options if option.is_right} if attempt else None
    source = question.insight_id if question.insight_id in shared else None
    return QuestionBlock(question, number, lines, right, source, shared.get(source or 0, ""))


def _verdict(option: Option, is_chosen: bool) -> str:
    if option.is_right:
        return "right" if is_chosen else "missed"
    return "wrong" if is_chosen else ""
