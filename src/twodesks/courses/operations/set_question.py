"""Write one question of a quiz."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Max

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses import policies
from twodesks.courses.engine import quiz_minutes
from twodesks.courses.models import Lesson, Option, Question
from twodesks.courses.queries import get_course, get_lesson
from twodesks.insights.queries import get_insight
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound
from twodesks.kit.words import UNKEEPABLE


@dataclass(frozen=True, slots=True)
class OptionInput:
    text: str
    is_right: bool
    feedback: str = ""


@operation("courses.set_question")
def set_question(
    *,
    actor: Actor,
    course_id: int,
    lesson_id: int,
    prompt: str,
    options: Sequence[OptionInput],
    question_id: int | None = None,
    explanation: str = "",
    insight_id: int | None = None,
) -> Question:
    """Add a question, or write one anew. One right option makes it a single choice, several a multiple one.

    Raises `Invalid` without a prompt, with fewer than two options, none right, or too many words.
    """
    course = get_course(actor, course_id)
    policies.may_change(actor, course).require()
    lesson = get_lesson(actor, course, lesson_id)
    if lesson.kind != Lesson.Kind.QUIZ:
        raise NotFound
    prompt, explanation = _text(prompt), _text(explanation)
    cleaned = [replace(option, text=_text(option.text), feedback=_text(option.feedback)) for option in options]
    kept = _checked(prompt, explanation, cleaned)
    if insight_id is not None:
        get_insight(actor, insight_id)
    with transaction.atomic():
        question = _question(lesson, question_id)
        question.prompt, question.explanation = prompt, explanation
        question.insight_id = insight_id
        several = sum(option.is_right for option in kept) > 1
        question.kind = Question.Kind.SEVERAL if several else Question.Kind.SINGLE
        question.save()
        _write_options(question, kept)
        lesson.estimated_minutes = quiz_minutes(lesson.questions.count())
        lesson.save(update_fields=["estimated_minutes"])
        record_statement(
            actor=actor, verb="updated", object_type="course", object_id=course.pk, channel_id=course.channel_id
        )
    return question


def _text(words: str) -> str:
    return UNKEEPABLE.sub("", words).strip()


def _checked(prompt: str, explanation: str, options: Sequence[OptionInput]) -> list[OptionInput]:
    if not prompt:
        raise Invalid("Write the question first.", field="prompt")
    if len(prompt) > 1000:
        raise Invalid("Keep the question under 1,000 letters.", field="prompt")
    if len(explanation) > 2000:
        raise Invalid("Keep the explanation under 2,000 letters.", field="explanation")
    kept = [option for option in options if option.text]
    if len(kept) < 2:
        raise Invalid("Give at least two answers to choose from.", field="options")
    if len(kept) > 8 or any(len(option.text) > 300 for option in kept):
        raise Invalid("At most eight answers of at most 300 letters each.", field="options")
    if any(len(option.feedback) > 500 for option in kept):
        raise Invalid("Keep what you say about an answer under 500 letters.", field="options")
    if not any(option.is_right for option in kept):
        raise Invalid("Mark the right answer.", field="options")
    return kept


def _write_options(question: Question, given: Sequence[OptionInput]) -> None:
    """Over those that are there: what was chosen in earlier tries stays chosen. Equal words first, then by position."""
    there = list(question.options.all())
    by_text = {option.text: option for option in reversed(there)}
    same = [by_text.pop(option.text, None) for option in given]
    taken = {option.pk for option in same if option is not None}
    rest = [option for option in there if option.pk not in taken]
    for position, (option, kept) in enumerate(zip(given, same, strict=True)):
        written = kept or (rest.pop(0) if rest else Option(question=question))
        written.text, written.is_right, written.position = option.text, option.is_right, position
        written.feedback = option.feedback
        written.save()
    question.options.filter(pk__in=[option.pk for option in rest]).delete()


def _question(lesson: Lesson, question_id: int | None) -> Question:
    if question_id is None:
        last = lesson.questions.aggregate(last=Max("position"))["last"]
        return Question(lesson=lesson, position=0 if last is None else last + 1)
    found = lesson.questions.filter(pk=question_id).first()
    if found is None:
        raise NotFound
    return found
