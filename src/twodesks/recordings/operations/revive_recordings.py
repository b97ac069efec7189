"""See to it that every step of every recording ends, whatever became of the job that was to do it."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from twodesks.activity.queue import defer_job, has_job
from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.recordings.models import ProcessingStep
from twodesks.recordings.operations.run_step import fail_open_steps
from twodesks.recordings.operations.start_recording import defer_captions, defer_processing
from twodesks.recordings.queries import visible_recordings

GIVEN_TIME = timedelta(minutes=2)
MOST_REVIVALS = 3
AT_ONCE = 500
GIVEN_UP = (
    "The server could not get this done, however often it tried. The recording is safe as it came. Try again, and if "
    "it happens once more, show your administrator the log."
)
JOBS = {
    "receive": "recordings.process",
    "probe": "recordings.process",
    "render": "recordings.process",
    "caption": "recordings.caption",
    "structure": "recordings.structure",
}


@operation("recordings.revive_recordings")
def revive_recordings(*, actor: Actor) -> int:
    """Defer jobs anew for open steps that have none; fail a step, in words, after three times without headway.

    For the system. Returns how many steps were taken up.
    """
    waiting = (
        ProcessingStep.objects.filter(finished_at=None, failed_at=None)
        .filter(recording__in=visible_recordings(actor), recording__created_at__lt=timezone.now() - GIVEN_TIME)
        .filter(Q(name="caption") | Q(recording__ended_at__isnull=False))
        .order_by("pk")[:AT_ONCE]
    )
    revived = 0
    for step in waiting:
        if step.name == "structure" and not _captions_have_ended(step):
            continue
        if not has_job(JOBS[step.name], recording_id=step.recording_id):
            revived += _revive(step)
    return revived


def _captions_have_ended(step: ProcessingStep) -> bool:
    open_captions = ProcessingStep.objects.filter(
        recording_id=step.recording_id, name="caption", finished_at=None, failed_at=None
    )
    return not open_captions.exists()


def _revive(step: ProcessingStep) -> bool:
    times = int(step.checkpoint.get("revived", 0))
    if times >= MOST_REVIVALS:
        fail_open_steps(step.recording_id, (step.name,), GIVEN_UP)
        return False
    step.checkpoint = step.checkpoint | {"revived": times + 1}
    step.save(update_fields=["checkpoint"])
    if step.name == "caption":
        defer_captions(step.recording_id)
    elif step.name == "structure":
        defer_job("recordings.structure", once=f"structure:{step.recording_id}", recording_id=step.recording_id)
    else:
        defer_processing(step.recording_id)
    return True
