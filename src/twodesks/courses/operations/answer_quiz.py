"""Try a quiz."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from twodesks.activity.operations.record_statement import record_statement
from twodesks.courses.engine import needed_to_pass
from twodesks.courses.models import Attempt, Enrolment, Question
from twodesks.courses.operations.finish_lesson import tick
from twodesks.courses.queries import get_course, get_lesson
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound


@operation("courses.answer_quiz")
def answer_quiz(*, actor: Actor, course_id: int, lesson_id: int, answers: Mapping[int, Sequence[int]]) -> Attempt:
    """`answers`: option ids by question id. Every try is kept; passing finishes the lesson.

    A question is right when exactly the right options were chosen. Raises `Invalid` when a question has no answer or
    an option is not its own, `NotFound` unless enrolled.
    """
    course = get_course(actor, course_id)
    lesson = get_lesson(actor, course, lesson_id)
    enrolment = Enrolment.objects.filter(course=course, member_id=actor.member_id or 0).first()
    if enrolment is None:
        raise NotFound("Begin the course first; then your answers are kept.")
    questions = list(lesson.questions.prefetch_related("options"))
    if not questions:
        raise NotFound
    kept = {question.pk: _chosen(question, answers.get(question.pk, ())) for question in questions}
    right = sum(
        kept[question.pk] == {option.pk for option in question.options.all() if option.is_right}
        for question in questions
    )
    passed = right >= needed_to_pass(len(questions))
    with transaction.atomic():
        attempt = Attempt.objects.create(
            enrolment=enrolment,
            lesson=lesson,
            answers={str(question_id): sorted(options) for question_id, options in kept.items()},
            right=right,
            asked=len(questions),
            passed=passed,
        )
        record_statement(
            actor=actor,
            verb="passed" if passed else "failed",
            object_type="lesson",
            object_id=lesson.pk,
            channel_id=course.channel_id,
            result={"score": {"raw": right, "max": len(questions)}, "success": passed},
        )
        if passed:
            tick(actor, course, enrolment, lesson)
    return attempt


def _chosen(question: Question, options: Sequence[int]) -> set[int]:
    chosen = set(options)
    if not chosen:
        raise Invalid("Choose an answer to every question; then see how it went.", field=f"question-{question.pk}")
    if not chosen <= {option.pk for option in question.options.all()}:
        raise Invalid("This quiz has changed meanwhile. Load the page again and answer anew.")
    return chosen
