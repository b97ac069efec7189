"""The work behind capture. Each job is safe to run again."""

import time

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from twodesks.activity.queue import defer_job
from twodesks.capture.operations.catch_up import catch_up
from twodesks.capture.operations.judge_conversation import judge_conversation
from twodesks.capture.operations.rewrite_capture import rewrite_capture
from twodesks.capture.queries.worth import settles_in
from twodesks.conversations.queries import get_conversation
from twodesks.kit.actor import system
from twodesks.kit.problem import NotFound

RETRY = RetryStrategy(max_attempts=3, wait=30)
WALK_S = 20


@app.task(name="capture.judge", retry=RETRY)
def judge(conversation_id: int) -> None:
    """Waits again when somebody spoke meanwhile."""
    actor = system()
    try:
        left = settles_in(get_conversation(actor, conversation_id))
    except NotFound:
        return
    if left:
        defer_job("capture.judge", once=f"judge-{conversation_id}", after=left, conversation_id=conversation_id)
    else:
        judge_conversation(actor=actor, conversation_id=conversation_id)


@app.task(name="capture.rewrite")
def rewrite(capture_id: int) -> None:
    rewrite_capture(actor=system(), capture_id=capture_id)


@app.periodic(cron="*/2 * * * *")
@app.task(name="capture.catch_up", queueing_lock="capture-catch-up", pass_context=False)
def walk(timestamp: int) -> None:
    """A sixth of one processor at most: nobody waits for this, and pages do."""
    until = time.monotonic() + WALK_S
    while time.monotonic() < until:
        if not catch_up(actor=system()):
            return
