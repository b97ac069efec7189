"""The work behind a recording. Each job is safe to run again: it goes on from what is already done."""

from procrastinate.contrib.django import app

from twodesks.kit.actor import system
from twodesks.recordings.operations.process_recording import process_recording


@app.task(name="recordings.process", queue="media", retry=3)
def process(recording_id: int) -> None:
    process_recording(actor=system(), recording_id=recording_id)
