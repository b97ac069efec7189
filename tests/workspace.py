"""A small workspace made by operations: channels, insights, a course half taken, thanks. Something on every page."""

from dataclasses import dataclass

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.operations.follow_channel import follow_channel
from twodesks.conversations.models import Conversation, Message
from twodesks.conversations.operations.accept_answer import accept_answer
from twodesks.conversations.operations.post_message import post_message
from twodesks.conversations.operations.start_conversation import start_conversation
from twodesks.conversations.operations.thank_for_message import thank_for_message
from twodesks.courses.models import Course, Lesson
from twodesks.courses.operations.add_lesson import add_lesson
from twodesks.courses.operations.add_section import add_section
from twodesks.courses.operations.create_course import create_course
from twodesks.courses.operations.enrol import enrol
from twodesks.courses.operations.finish_lesson import finish_lesson
from twodesks.courses.operations.publish_course import publish_course
from twodesks.courses.operations.set_question import OptionInput, set_question
from twodesks.insights.models import Insight
from twodesks.insights.operations.give_thanks import give_thanks
from twodesks.insights.operations.mark_did_not_work import mark_did_not_work
from twodesks.insights.operations.mark_helped import mark_helped
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Member

RICH = """\
A wheel swap turns Wren's scan against the map by about **two degrees**. You do not need to send the robot back.

## Before you start

> [!NOTE]
> Park the robot on the calibration mat and let the motors cool for ten minutes.

1. Put the robot in service mode and connect to it.
2. Run the calibration and wait for 240 scans.
3. Read the residual. Below 0.5° you are done.

| firmware | limit |
| --- | --- |
| 3.1 | 0.5° |
| 3.2 | 0.3° |

```bash
wrenctl calibrate lidar --target mat
```

- Above one degree twice in a row, it is the mount.
- Ask in [the channel](https://example.org/) if in doubt.
"""


@dataclass(frozen=True)
class Workspace:
    open_channel: Channel
    private_channel: Channel
    insights: list[Insight]
    doubted: Insight
    draft_id: int
    course: Course
    lessons: list[int]
    quiz: Lesson


def ask(cast: Cast, channel: Channel) -> tuple[Conversation, Message]:
    """Alice asks, Bob answers, Carol adds something; Alice thanks him and takes it, and would like to be shown more."""
    alice, bob = acting(cast.alice), acting(cast.bob)
    asked = start_conversation(
        actor=alice,
        channel_id=channel.pk,
        title="The scan is two degrees off after a wheel swap. Send it back?",
        body="It is 0417, and **aisle 9** refuses it.\n\n```\nresidual 2.1\n```",
    )
    answer = post_message(actor=bob, conversation_id=asked.pk, body=RICH)
    post_message(
        actor=acting(cast.carol),
        conversation_id=asked.pk,
        body=f"@{cast.bob.name} the mount as well, if it stays above one degree.",
        reply_to_id=answer.pk,
    )
    thank_for_message(actor=alice, message_id=answer.pk, words="It saved me a second trip.")
    accept_answer(actor=alice, message_id=answer.pk)
    start_conversation(
        actor=alice, channel_id=channel.pk, title="Show me how you read the battery log", kind="walkthrough"
    )
    return asked, answer


def keep(member: Member, title: str, channel: Channel, body: str = "") -> Insight:
    actor = acting(member)
    draft = start_insight(actor=actor)
    return publish_insight(
        actor=actor,
        insight_id=draft.insight_id,
        title=title,
        body=body or f"{title}, then wait for ten minutes.",
        topics=["Lidar", "Wren 3"],
        channel_id=channel.pk,
    )


def furnish(cast: Cast) -> Workspace:
    """Bob explains, Carol makes a course of it, Alice has taken two of its lessons and says thanks."""
    bob, carol, alice = acting(cast.bob), acting(cast.carol), acting(cast.alice)
    channel = create_channel(
        actor=bob, name="field-calibration", purpose="Getting robots to see straight, on site and in the lab."
    )
    private = create_channel(actor=bob, name="fleet-leads", purpose="Planning of the fleet.", visibility="private")
    add_channel_member(actor=bob, channel_id=private.pk, member_id=cast.alice.pk)
    for actor in (alice, carol):
        follow_channel(actor=actor, channel_id=channel.pk)
    insights = [
        keep(cast.bob, "Recalibrate Wren’s lidar on site after a wheel swap", channel, RICH),
        keep(cast.bob, "Hear a failing drive motor before it fails", channel),
        keep(cast.carol, "When the map is wrong and the robot is right", channel),
    ]
    doubted = keep(cast.bob, "Set the gripper pressure", channel)
    mark_did_not_work(actor=alice, insight_id=doubted.pk, reason="On 3.2 the limit is another.")
    mark_helped(actor=alice, insight_id=insights[0].pk)
    give_thanks(actor=alice, insight_id=insights[0].pk, receiver_id=cast.bob.pk, words="It saved me a second trip.")
    draft = start_insight(actor=alice)

    course = create_course(
        actor=carol,
        title="Wren field service: your first ten days",
        outcome="recalibrate a Wren on site, and say when not to",
        insight_ids=[insight.pk for insight in insights],
    )
    section = add_section(actor=carol, course_id=course.pk, title="Before you go on")
    quiz = add_lesson(actor=carol, course_id=course.pk, section_id=section.pk, insight_id=None)
    set_question(
        actor=carol,
        course_id=course.pk,
        lesson_id=quiz.pk,
        prompt="The residual is 0.4° on firmware 3.2. What now?",
        options=[OptionInput("Run the calibration once more", True), OptionInput("Replace the lidar", False, "Later.")],
        insight_id=insights[0].pk,
    )
    publish_course(actor=carol, course_id=course.pk)
    enrol(actor=alice, course_id=course.pk)
    lessons = list(
        Lesson.objects.filter(section__course=course, kind="insight").order_by("position").values_list("pk", flat=True)
    )
    for lesson in lessons[:2]:
        finish_lesson(actor=alice, course_id=course.pk, lesson_id=lesson)
    return Workspace(channel, private, insights, doubted, draft.insight_id, course, lessons, quiz)
