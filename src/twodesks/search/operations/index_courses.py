"""Make courses and their lessons findable."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from twodesks.courses.queries import visible_courses
from twodesks.kit.actor import system
from twodesks.kit.markdown import plain_text
from twodesks.kit.operation import operation
from twodesks.search.engine.passages import Piece
from twodesks.search.operations.replace_passages import Source, lock_sources, replace_passages

if TYPE_CHECKING:
    from twodesks.courses.models import Course

KIND = "course"


@operation("search.index_courses")
def index_courses(*, course_ids: Sequence[int]) -> int:
    """Bring the passages of these courses up to date, in the caller's transaction.

    A lesson's title is found only by those who also see the insight it pins; a quiz once it has a question.
    """
    with transaction.atomic():
        lock_sources(KIND, course_ids)
        kept = visible_courses(system()).filter(pk__in=course_ids).prefetch_related("sections__lessons__questions")
        found = {course.pk: _source(course) for course in kept}
        sources = [found.get(course_id, Source(course_id)) for course_id in course_ids]
        return replace_passages(kind=KIND, sources=sources)


def _source(course: "Course") -> Source:
    return Source(
        source_id=course.pk,
        title=course.title,
        is_shared=course.published_at is not None and course.withdrawn_at is None,
        channel_id=course.channel_id,
        owner_id=course.created_by_id,
        pieces=list(_pieces(course)),
    )


def _pieces(course: "Course") -> Iterator[Piece]:
    yield Piece(text=plain_text(course.outcome), context=course.audience)
    lessons = [
        (section, lesson)
        for section in course.sections.all()
        for lesson in section.lessons.all()
        if lesson.insight_id is not None or lesson.questions.all()
    ]
    for number, (section, lesson) in enumerate(lessons, 1):
        yield Piece(
            text=lesson.title,
            place=f"{number} of {len(lessons)}",
            context=section.title,
            part_id=lesson.pk,
            within_insight_id=lesson.insight_id,
        )
