"""Who is to hear of a statement, and as what. Nobody hears of their own doings, nor of what they do not see now."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from twodesks.activity.models import Statement
from twodesks.channels.queries import followers_of as followers_of_channel
from twodesks.channels.queries import members_who_see
from twodesks.conversations.queries import hearing
from twodesks.conversations.queries.finding import visible_conversations
from twodesks.courses.queries import finished_by, makers_teaching, visible_courses
from twodesks.insights.queries import kept_insights
from twodesks.insights.queries.reading import credited_for
from twodesks.kit.actor import system
from twodesks.notifications.engine import kinds
from twodesks.people.queries import active_members


@dataclass(slots=True)
class Audience:
    """`told`: kinds by member. `channel_id` None: something that every member sees."""

    subject: str
    channel_id: int | None
    actor_id: int | None = None
    conversation_id: int | None = None
    message_id: int | None = None
    insight_id: int | None = None
    course_id: int | None = None
    told: dict[int, str] = field(default_factory=dict)

    def add(self, members: Iterable[int | None], kind: str) -> None:
        for member_id in members:
            if member_id is not None:
                known = self.told.get(member_id)
                self.told[member_id] = kinds.sooner(known, kind) if known else kind

    def leave_out(self, members: Iterable[int | None]) -> None:
        for member_id in members:
            if member_id is not None:
                self.told.pop(member_id, None)


def audiences_of(statement: Statement) -> list[Audience]:
    """One for each thing that it gives news of; empty where it is gone, or nobody is to hear."""
    find = _BY_VERB.get((statement.object_type, statement.verb))
    found = find(statement) if find else []
    for audience in found:
        _keep_those_who_see(audience)
    return [audience for audience in found if audience.told]


def audience_of_channel(statement: Statement) -> list[Audience]:
    """Followers of the channel, for a question that the channel is now to hear of."""
    audience = _about_conversation(statement)
    if audience is None:
        return []
    audience.add(followers_of_channel(audience.channel_id or 0), kinds.QUESTION)
    audience.leave_out(_doers(statement))
    audience.leave_out(hearing.muted_in(statement.object_id))
    _keep_those_who_see(audience)
    return [audience]


def _keep_those_who_see(audience: Audience) -> None:
    if audience.channel_id is None:
        seeing = set(active_members().filter(pk__in=list(audience.told)).values_list("pk", flat=True))
    else:
        seeing = {member_id for member_id, _ in members_who_see(audience.channel_id)}
    audience.leave_out(audience.told.keys() - seeing)


def _doers(statement: Statement) -> set[int | None]:
    """Who did it. A statement about a conversation without an actor is its hidden asker's."""
    if statement.actor_id is not None:
        return {statement.actor_id}
    conversation = visible_conversations(system()).filter(pk=statement.object_id).first()
    return {hearing.asker_of(conversation)} if conversation and statement.object_type == "conversation" else set()


def _about_conversation(statement: Statement) -> Audience | None:
    conversation = visible_conversations(system()).filter(pk=statement.object_id).first()
    if conversation is None:
        return None
    return Audience(
        subject=f"conversation:{conversation.pk}",
        channel_id=conversation.channel_id,
        actor_id=statement.actor_id,
        conversation_id=conversation.pk,
        message_id=statement.context.get("message_id"),
    )


def _conversation(statement: Statement) -> list[Audience]:
    audience = _about_conversation(statement)
    if audience is None:
        return []
    _CONVERSATION[statement.verb](statement, audience)
    audience.leave_out(_doers(statement))
    muted = hearing.muted_in(statement.object_id)
    audience.leave_out([one for one in muted if audience.told.get(one) in kinds.MUTED_BY_CONVERSATION])
    return [audience]


def _asked(statement: Statement, audience: Audience) -> None:
    asked = statement.context.get("asked_member_id")
    audience.add([asked], kinds.ASKED)
    audience.add(hearing.mentioned_in(audience.message_id or 0), kinds.MENTIONED)
    if asked is None:
        audience.add(followers_of_channel(audience.channel_id or 0), kinds.QUESTION)


def _said(statement: Statement, audience: Audience) -> None:
    conversation = visible_conversations(system()).get(pk=statement.object_id)
    audience.add(hearing.mentioned_in(audience.message_id or 0), kinds.MENTIONED)
    if statement.verb == "answered":
        audience.add([hearing.asker_of(conversation)], kinds.ANSWERED)
    audience.add(hearing.followers_of(conversation.pk), kinds.FOLLOWED)


def _edited(statement: Statement, audience: Audience) -> None:
    """Those whom it names only now; the others heard of it when it was written."""
    named = set(statement.context.get("mentioned_ids", ()))
    audience.add(named & hearing.mentioned_in(audience.message_id or 0), kinds.MENTIONED)


def _accepted(statement: Statement, audience: Audience) -> None:
    audience.add([statement.context.get("answerer_id")], kinds.ACCEPTED)
    audience.add(hearing.followers_of(statement.object_id), kinds.FOLLOWED)


def _thanked(statement: Statement, audience: Audience) -> None:
    audience.add([statement.context.get("receiver_id")], kinds.THANKED)


def _routed(statement: Statement, audience: Audience) -> None:
    audience.add([statement.context.get("asked_member_id")], kinds.ASKED)


def _reopened(statement: Statement, audience: Audience) -> None:
    audience.add(hearing.followers_of(statement.object_id), kinds.FOLLOWED)


_CONVERSATION: dict[str, Callable[[Statement, Audience], None]] = {
    "asked": _asked,
    "started": _asked,
    "answered": _said,
    "commented": _said,
    "edited": _edited,
    "accepted": _accepted,
    "thanked": _thanked,
    "routed": _routed,
    "reopened": _reopened,
}


def _about_insight(statement: Statement) -> Audience | None:
    insight = kept_insights(system()).filter(pk=statement.object_id).first()
    if insight is None:
        return None
    return Audience(
        subject=f"insight:{insight.pk}",
        channel_id=insight.channel_id,
        actor_id=statement.actor_id,
        insight_id=insight.pk,
    )


def _insight(statement: Statement) -> list[Audience]:
    audience = _about_insight(statement)
    if audience is None:
        return []
    if statement.verb == "published":
        audience.add(credited_for(statement.object_id), kinds.CREDITED)
        audience.add(followers_of_channel(audience.channel_id or 0), kinds.KEPT)
    elif statement.verb == "credited":
        audience.add([statement.context.get("member_id")], kinds.CREDITED)
    elif statement.verb == "thanked":
        audience.add([statement.context.get("receiver_id")], kinds.THANKED)
    else:
        audience.add(credited_for(statement.object_id, "explained"), kinds.DOUBTED)
    audience.leave_out([statement.actor_id])
    return [audience]


def _revised(statement: Statement) -> list[Audience]:
    """Those who made a course of it hear that a lesson could follow."""
    found = []
    for course_id, maker_id in makers_teaching(statement.object_id).items():
        audience = _about_course(course_id, statement)
        if audience is not None and maker_id != statement.actor_id:
            audience.add([maker_id], kinds.UPDATE)
            found.append(audience)
    # One statement tells a member once: of several courses that a maker has, the first stands for all.
    told: set[int] = set()
    for audience in found:
        audience.leave_out(told & audience.told.keys())
        told |= audience.told.keys()
    return found


def _about_course(course_id: int, statement: Statement) -> Audience | None:
    course = visible_courses(system()).filter(pk=course_id).first()
    if course is None:
        return None
    return Audience(
        subject=f"course:{course.pk}",
        channel_id=course.channel_id,
        actor_id=statement.actor_id,
        course_id=course.pk,
        insight_id=statement.object_id if statement.object_type == "insight" else None,
    )


def _course(statement: Statement) -> list[Audience]:
    audience = _about_course(statement.object_id, statement)
    if audience is None:
        return []
    if statement.verb == "updated":
        audience.add(finished_by(statement.context.get("lesson_id") or 0), kinds.CHANGED)
    else:
        maker = visible_courses(system()).filter(pk=statement.object_id).values_list("created_by_id", flat=True)
        audience.add(maker, kinds.LEARNED)
        # What somebody learns is theirs to tell.
        audience.actor_id = None
    audience.leave_out([statement.actor_id])
    return [audience]


_BY_VERB: dict[tuple[str, str], Callable[[Statement], list[Audience]]] = {
    **{("conversation", verb): _conversation for verb in _CONVERSATION},
    ("insight", "published"): _insight,
    ("insight", "credited"): _insight,
    ("insight", "thanked"): _insight,
    ("insight", "did-not-work"): _insight,
    ("insight", "revised"): _revised,
    ("course", "updated"): _course,
    ("course", "completed"): _course,
}

TOLD_OF: dict[str, list[str]] = {"conversation": ["passed-on", "merged"]}
"""Verbs by type of object, for the list of listeners. Those two tell nobody by themselves."""
for _type, _verb in _BY_VERB:
    TOLD_OF.setdefault(_type, []).append(_verb)
