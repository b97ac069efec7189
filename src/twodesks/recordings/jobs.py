"""The work behind a recording. Each job is safe to run again: it goes on from what is already done."""

from collections.abc import Callable

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from twodesks.kit.actor import Actor, system
from twodesks.recordings.operations.caption_recording import caption_recording
from twodesks.recordings.operations.finish_abandoned import finish_abandoned
from twodesks.recordings.operations.illustrate_recording import illustrate_recording
from twodesks.recordings.operations.process_recording import process_recording
from twodesks.recordings.operations.purge_discarded import purge_discarded
from twodesks.recordings.operations.revive_recordings import revive_recordings
from twodesks.recordings.operations.run_step import fail_open_steps
from twodesks.recordings.operations.structure_recording import structure_recording

ATTEMPTS = 3
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=5)
WENT_WRONG = (
    "Something went wrong on the server, several times over. The recording is safe as it came. Try again, and if it "
    "happens once more, show your administrator the log."
)

log = structlog.get_logger("twodesks.recordings")


def _attempt(context: JobContext, steps: tuple[str, ...], operation: Callable[..., None], recording_id: int) -> None:
    """Run an operation; when a defect has ended the last attempt, end its steps with words."""
    actor: Actor = system()
    try:
        operation(actor=actor, recording_id=recording_id)
    except Exception:
        if context.job.attempts >= ATTEMPTS:
            fail_open_steps(recording_id, steps, WENT_WRONG)
        raise


@app.task(name="recordings.caption", queue="captions", retry=RETRY, pass_context=True)
def caption(context: JobContext, recording_id: int) -> None:
    _attempt(context, ("caption",), caption_recording, recording_id)


@app.task(name="recordings.structure", queue="captions", retry=RETRY, pass_context=True)
def structure(context: JobContext, recording_id: int) -> None:
    _attempt(context, ("structure",), structure_recording, recording_id)


@app.task(name="recordings.process", queue="media", retry=RETRY, pass_context=True)
def process(context: JobContext, recording_id: int) -> None:
    _attempt(context, ("receive", "probe", "render"), process_recording, recording_id)


@app.task(name="recordings.illustrate", queue="media", retry=RETRY)
def illustrate(recording_id: int) -> None:
    illustrate_recording(actor=system(), recording_id=recording_id)


@app.periodic(cron="* * * * *")
@app.task(name="recordings.finish_abandoned", queue="default", queueing_lock="recordings.finish_abandoned")
def finish(timestamp: int) -> None:
    finish_abandoned(actor=system())


# By itself: what goes wrong in one of the two must not stop the other.
@app.periodic(cron="* * * * *")
@app.task(name="recordings.revive", queue="default", queueing_lock="recordings.revive")
def revive(timestamp: int) -> None:
    revive_recordings(actor=system())


@app.periodic(cron="41 * * * *")
@app.task(name="recordings.purge_discarded", queue="default", queueing_lock="recordings.purge_discarded")
def purge(timestamp: int) -> None:
    purge_discarded(actor=system())
