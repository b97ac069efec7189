"""The courses of the demo, and who is how far in them."""

from dataclasses import dataclass

from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.answer_quiz import answer_quiz
from twodesks.courses.operations.backdate_course import backdate_course
from twodesks.courses.operations.change_section import change_section
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.open_lesson import open_lesson
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.set_question import OptionInput, set_question
from twodesks.demo.content import Content, CourseContent, EnrolmentContent, QuestionContent, moment_in
from twodesks.demo.load_people import Loading
from twodesks.kit.actor import Actor


def load_courses(loading: Loading, content: Content) -> None:
    for course in content.courses:
        _Course(loading, course).load([one for one in content.enrolments if one.course == course.key])


class _Course:
    """One course while it is made: its lessons, and for each quiz the right and the wrong answers."""

    def __init__(self, loading: Loading, content: CourseContent) -> None:
        self._loading, self._content = loading, content
        self._published = moment_in(content.published, loading.now)
        self._maker = loading.acting(content.made_by, self._published)
        made = create_course(
            actor=self._maker,
            title=content.title,
            outcome=content.outcome,
            audience=content.audience,
            channel_id=loading.channel_ids[content.channel],
        )
        self._id = made.pk
        self._first_section_id = made.sections.values_list("pk", flat=True)[0]
        self._lessons: list[int] = []
        self._quizzes: dict[int, list[_Answers]] = {}

    def load(self, enrolments: list[EnrolmentContent]) -> None:
        for number, section in enumerate(self._content.section):
            section_id = self._section(number, section.title)
            for lesson in section.lesson:
                insight_id = self._loading.addresses.insights[lesson.insight] if lesson.insight else None
                added = add_lesson(
                    actor=self._maker,
                    course_id=self._id,
                    section_id=section_id,
                    insight_id=insight_id,
                    title=lesson.quiz or "",
                )
                self._lessons.append(added.pk)
                if lesson.question:
                    self._quizzes[added.pk] = [self._question(added.pk, question) for question in lesson.question]
        publish_course(actor=self._maker, course_id=self._id)
        for enrolment in enrolments:
            self._take(enrolment)
        now, people = self._loading.now, self._loading.addresses.people
        backdate_course(
            actor=self._loading.system,
            course_id=self._id,
            published_at=self._published,
            learners={
                people[one.member]: (moment_in(one.began, now), moment_in(one.active, now)) for one in enrolments
            },
        )

    def _section(self, number: int, title: str) -> int:
        """A new course has one section already; it becomes the first."""
        if number == 0:
            change_section(actor=self._maker, course_id=self._id, section_id=self._first_section_id, title=title)
            return self._first_section_id
        return add_section(actor=self._maker, course_id=self._id, title=title).pk

    def _question(self, lesson_id: int, content: QuestionContent) -> "_Answers":
        question = set_question(
            actor=self._maker,
            course_id=self._id,
            lesson_id=lesson_id,
            prompt=content.prompt,
            options=[OptionInput(one.text, one.right, one.feedback) for one in content.options],
            explanation=content.explanation,
            insight_id=self._loading.addresses.insights[content.insight],
        )
        options = list(question.options.values_list("pk", "is_right"))
        return _Answers(
            question_id=question.pk,
            right=[pk for pk, is_right in options if is_right],
            wrong=[pk for pk, is_right in options if not is_right][:1],
        )

    def _take(self, enrolment: EnrolmentContent) -> None:
        now = self._loading.now
        enrol(actor=self._loading.acting(enrolment.member, moment_in(enrolment.began, now)), course_id=self._id)
        learner = self._loading.acting(enrolment.member, moment_in(enrolment.active, now))
        wrong_first = enrolment.wrong_first
        for lesson_id in self._lessons[: enrolment.finished]:
            open_lesson(actor=learner, course_id=self._id, lesson_id=lesson_id)
            if lesson_id in self._quizzes:
                self._answer(learner, lesson_id, wrong_first)
                wrong_first = 0
            else:
                finish_lesson(actor=learner, course_id=self._id, lesson_id=lesson_id)
        for lesson_id in self._lessons[enrolment.finished : enrolment.finished + 1]:
            open_lesson(actor=learner, course_id=self._id, lesson_id=lesson_id)

    def _answer(self, learner: Actor, lesson_id: int, wrong: int) -> None:
        quiz = self._quizzes[lesson_id]
        for mistakes in (wrong, 0):
            answers = {
                one.question_id: one.wrong if number < mistakes else one.right for number, one in enumerate(quiz)
            }
            if answer_quiz(actor=learner, course_id=self._id, lesson_id=lesson_id, answers=answers).passed:
                return


@dataclass(frozen=True, kw_only=True)
class _Answers:
    question_id: int
    right: list[int]
    wrong: list[int]
