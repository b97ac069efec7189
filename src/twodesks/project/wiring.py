"""Who listens to which statement: the one list. Low floors record, high floors listen, nobody imports upwards."""

from twodesks.activity.dispatch import listen
from twodesks.activity.live import allow_topic, draw_with
from twodesks.activity.models import Statement
from twodesks.activity.queue import defer_job
from twodesks.capture.operations.adopt_offers import adopt_offers
from twodesks.capture.operations.forget_taken_back import forget_taken_back as forget_judgements
from twodesks.capture.operations.keep_private import keep_private
from twodesks.capture.operations.note_import import note_import
from twodesks.capture.operations.note_links import note_links
from twodesks.capture.queries.needed import captured_of
from twodesks.capture.queries.worth import SETTLES_AFTER
from twodesks.channels import queries as channels
from twodesks.channels.operations.adopt_memberships import adopt_memberships
from twodesks.conversations import queries as conversations
from twodesks.conversations.operations.adopt_words import adopt_words
from twodesks.conversations.queries.taken_in import keep_for
from twodesks.conversations.views.told import drawn_messages
from twodesks.imports.operations.adopt_people import adopt_people
from twodesks.imports.queries import runs as imports
from twodesks.insights import queries as insights
from twodesks.insights.operations.adopt_credits import adopt_credits
from twodesks.kit.actor import system
from twodesks.notifications.operations.forget_taken_back import forget_taken_back as forget_notifications
from twodesks.notifications.operations.tell_members import tell_members
from twodesks.notifications.queries.audience import TOLD_OF
from twodesks.recordings import queries as recordings
from twodesks.routing.operations.weigh_answers import weigh_answers
from twodesks.search.operations.index_conversations import index_conversations
from twodesks.search.operations.index_courses import index_courses
from twodesks.search.operations.index_insights import index_insights
from twodesks.search.operations.index_recordings import index_recordings

# What changes the words of something, or who sees it. A test holds these against the verbs that operations record.
INSIGHT_VERBS = ("created", "published", "revised", "moved", "withdrew", "reinstated", "discarded")
RECORDING_VERBS = ("recorded", "filed", "renamed", "discarded", "restored", "captioned", "corrected", "structured")
CONVERSATION_VERBS = (
    "asked", "started", "edited", "removed", "restored", "renamed", "moved", "merged", "split", "accepted", "reopened",
)  # fmt: skip
# A message is read by everybody at once and found a moment later: whoever posts does not wait for the index.
CONVERSATION_VERBS_LATER = ("answered", "commented")
# What changes who has answered what. All of it is weighed in a job: nobody waits for it.
ANSWER_VERBS = (
    "answered", "commented", "accepted", "reopened", "thanked", "removed", "restored", "moved", "merged", "split",
)  # fmt: skip
EXPLAINED_VERBS = ("published", "moved", "withdrew", "reinstated", "credited", "uncredited", "thanked")
COURSE_VERBS = ("created", "changed", "arranged", "updated", "published", "withdrew")
# What may make a conversation worth keeping, once it has come to rest; and what lets an insight be read elsewhere.
JUDGED_VERBS = ("asked", "started", "answered", "commented", "accepted", "thanked", "seconded", "merged", "split")
WRITTEN_VERBS = ("asked", "started", "answered", "commented", "edited")
LEAVING_VERBS = ("published", "moved", "reinstated")


def wire() -> None:
    """Register every listener. Called once, when all apps are loaded."""
    allow_topic("recording", recordings.may_hear)
    allow_topic("insight", insights.may_hear)
    allow_topic("conversation", conversations.may_hear)
    allow_topic("channel", channels.may_see)
    allow_topic("import", imports.may_hear)
    draw_with("conversation", "message", drawn_messages)
    draw_with("conversation", "edited", drawn_messages)
    keep_for(captured_of)
    listen(object_type="import", verbs=("took-back",), listener=_forget_taken_back)
    listen(object_type="member", verbs=("merged",), listener=_adopt)
    listen(object_type="import", verbs=("took-in", "undid"), listener=_index_grown)
    listen(object_type="import", verbs=("took-in", "ended"), listener=_note_import)
    listen(object_type="insight", verbs=INSIGHT_VERBS, listener=_index_insight)
    listen(object_type="insight", verbs=LEAVING_VERBS, listener=_keep_private)
    listen(object_type="conversation", verbs=JUDGED_VERBS, listener=_judge_at_rest)
    listen(object_type="conversation", verbs=WRITTEN_VERBS, listener=_note_links, later=True)
    listen(object_type="channel", verbs=("imported",), listener=_index_imported)
    listen(object_type="recording", verbs=RECORDING_VERBS, listener=_index_recording)
    listen(object_type="conversation", verbs=CONVERSATION_VERBS, listener=_index_conversation)
    listen(object_type="conversation", verbs=CONVERSATION_VERBS_LATER, listener=_index_conversation, later=True)
    listen(object_type="conversation", verbs=ANSWER_VERBS, listener=_weigh_conversation, later=True)
    listen(object_type="insight", verbs=EXPLAINED_VERBS, listener=_weigh_insight, later=True)
    listen(object_type="channel", verbs=("imported",), listener=_weigh_imported, later=True)
    listen(object_type="import", verbs=("ended", "undid"), listener=_catch_up, later=True)
    listen(object_type="course", verbs=COURSE_VERBS, listener=_index_course)
    for object_type, verbs in TOLD_OF.items():
        listen(object_type=object_type, verbs=verbs, listener=_tell_members, later=True)


def _judge_at_rest(statement: Statement) -> None:
    conversation_id = statement.object_id
    after = None if statement.verb == "accepted" else SETTLES_AFTER
    once = f"judge-{conversation_id}" if after else None
    defer_job("capture.judge", once=once, after=after, conversation_id=conversation_id)


def _note_links(statement: Statement) -> None:
    if message_id := statement.context.get("message_id"):
        note_links(actor=system(), message_id=message_id)


def _keep_private(statement: Statement) -> None:
    """Raises `Denied`, which undoes what the statement tells of."""
    keep_private(actor=system(), insight_id=statement.object_id, channel_id=statement.channel_id)


def _index_insight(statement: Statement) -> None:
    index_insights(insight_ids=[statement.object_id])


def _index_imported(statement: Statement) -> None:
    index_insights(insight_ids=statement.result["insight_ids"])


def _index_recording(statement: Statement) -> None:
    index_recordings(recording_ids=[statement.object_id])
    said_in = conversations.conversations_with_recording(system(), statement.object_id)
    if said_in:
        index_conversations(conversation_ids=said_in)


def _index_conversation(statement: Statement) -> None:
    index_conversations(conversation_ids=[statement.object_id])


def _weigh_conversation(statement: Statement) -> None:
    weigh_answers(conversation_ids=[statement.object_id])


def _weigh_insight(statement: Statement) -> None:
    weigh_answers(insight_ids=[statement.object_id])


def _weigh_imported(statement: Statement) -> None:
    weigh_answers(insight_ids=statement.result["insight_ids"])


def _catch_up(statement: Statement) -> None:
    """An import writes its conversations in bulk, without a statement for each."""
    defer_job("search.catch_up_conversations")
    defer_job("routing.weigh_everything")


def _index_course(statement: Statement) -> None:
    index_courses(course_ids=[statement.object_id])


def _index_grown(statement: Statement) -> None:
    """New conversations are caught up with when the import has ended; those from before it are found anew."""
    if grown := statement.result.get("grown_ids"):
        defer_job("search.index_taken_in", conversation_ids=grown)


def _note_import(statement: Statement) -> None:
    """What came by import is judged once the import has ended, and what grew by it is judged again."""
    has_ended = statement.verb == "ended"
    grown = statement.result.get("grown_ids", ())
    if grown or has_ended:
        note_import(actor=system(), run_id=statement.object_id, grown_ids=grown, has_ended=has_ended)


def _forget_taken_back(statement: Statement) -> None:
    """An undo takes conversations away in bulk; what stands above and names them goes first."""
    forget_judgements(actor=system(), run_id=statement.object_id, **statement.result)
    forget_notifications(actor=system(), **statement.result)


def _adopt(statement: Statement) -> None:
    """What was written under a name from elsewhere is the member's from now on."""
    old, member_id = statement.object_id, statement.context["into_member_id"]
    adopt_words(placeholder_id=old, member_id=member_id)
    adopt_memberships(placeholder_id=old, member_id=member_id, confirmed_by_id=statement.actor_id)
    adopt_people(placeholder_id=old, member_id=member_id)
    adopt_credits(placeholder_id=old, member_id=member_id)
    adopt_offers(placeholder_id=old, member_id=member_id)
    defer_job("routing.weigh_everything", once="routing.weigh_everything")


def _tell_members(statement: Statement) -> None:
    tell_members(statement=statement)
