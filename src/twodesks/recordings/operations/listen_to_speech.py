"""Hear the words of a recording as they arrive, telling of them on the way."""

import json
import time
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import numpy as np

from twodesks.activity.live import publish
from twodesks.kit.operation import operation
from twodesks.kit.problem import NotFound
from twodesks.media.engine.frames import PCM
from twodesks.media.engine.limits import Limits
from twodesks.media.engine.sandbox import MediaProcess, MediaRefused, media_process, raise_if_refused
from twodesks.media.queries import Arrival, upload_arrival, upload_on_disk
from twodesks.recordings.models import Recording
from twodesks.recordings.operations.run_step import Interrupted, RunningStep
from twodesks.speech.cues import make_cues
from twodesks.speech.live import Checkpoint, LiveCaptioner, LiveUpdate
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcribers import load_transcriber
from twodesks.speech.words import Word

LIMITS = Limits(cpu_s=4 * 3600, wall_s=30 * 3600, memory_bytes=2 << 30, output_bytes=1 << 20, niceness=5)
LOOK_EVERY_S = 0.4
# A recording that sends nothing for this long gives up its place, and is looked at again a little later.
QUIET_S = 30.0
EMPTY_S = 8.0
# Drafts are told at once but written down less often: the words of a long recording are written whole each time.
DRAFT_KEPT_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Spoken:
    words: list[Word]
    heard_ms: int
    language: str
    model: str


@operation("recordings.listen_to_speech")
def listen_to_speech(*, recording: Recording, step: RunningStep) -> Spoken:
    """All words, once the recording has ended. Raises `MediaRefused`; `Interrupted` while there is nothing to hear."""
    upload_id = recording.upload_id
    if upload_id is None:
        raise NotFound("The bytes of this recording are gone from the server's disk.")
    settings = SpeechSettings.from_environment()
    transcriber = load_transcriber(settings)
    arrival = _first_bytes(upload_id)
    start = _checkpoint(step)
    captioner = LiveCaptioner(transcriber, language=settings.language, checkpoint=start)
    arguments = {"start_ms": start.resume_ms if start else 0, "is_whole": arrival.is_all}
    with (
        upload_on_disk(upload_id) as path,
        media_process("listen", arguments | {"path": str(path)}, LIMITS) as process,
    ):
        following = _Following(recording, upload_id, step, process, captioner)
        try:
            following.run(arrival)
        except MediaRefused as refused:
            if arrival.is_all or refused.reason == "no-audio":
                raise
            # Some formats cannot be read before they are whole. They are heard in one go when the recording ends.
            raise Interrupted from refused
    return Spoken(captioner.words, captioner.heard_ms, captioner.language, transcriber.model_name)


def _first_bytes(upload_id: UUID) -> Arrival:
    deadline = time.monotonic() + EMPTY_S
    while True:
        arrival = upload_arrival(upload_id)
        if arrival.received_bytes or arrival.is_all:
            return arrival
        if arrival.is_discarded or time.monotonic() > deadline:
            raise Interrupted
        time.sleep(LOOK_EVERY_S)


def _checkpoint(step: RunningStep) -> Checkpoint | None:
    try:
        return Checkpoint.from_json(step.checkpoint["captioner"])
    except (KeyError, ValueError):
        return None


class _Following:
    def __init__(
        self,
        recording: Recording,
        upload_id: UUID,
        step: RunningStep,
        process: MediaProcess,
        captioner: LiveCaptioner,
    ) -> None:
        self._recording = recording
        self._upload_id = upload_id
        self._step = step
        self._process = process
        self._captioner = captioner
        self._known_bytes = -1
        self._is_all = False
        self._looked_at = 0.0
        self._grew_at = time.monotonic()
        self._kept_at = 0.0
        self._cues: list[dict[str, Any]] = step.checkpoint.get("cues", [])[: step.checkpoint.get("settled", 0)]
        self._settled_words: int = step.checkpoint.get("settled_words", 0)

    def run(self, arrival: Arrival) -> None:
        self._tell_child(arrival)
        while True:
            self._look()
            if not self._process.has_frame(LOOK_EVERY_S):
                continue
            frame = self._process.frame()
            if frame is None:
                raise self._process.failure()
            kind, content = frame
            if kind == PCM:
                self._hear(content)
            else:
                message = json.loads(content)
                raise_if_refused(message)
                if "result" in message:
                    self._tell(self._captioner.finish())
                    return

    def _look(self) -> None:
        now = time.monotonic()
        if self._is_all or now - self._looked_at < LOOK_EVERY_S:
            return
        self._looked_at = now
        arrival = upload_arrival(self._upload_id)
        if arrival.is_discarded or now - self._grew_at > QUIET_S:
            raise Interrupted
        self._tell_child(arrival)

    def _tell_child(self, arrival: Arrival) -> None:
        if arrival.received_bytes != self._known_bytes:
            self._grew_at = time.monotonic()
            self._known_bytes = arrival.received_bytes
            self._process.tell(f"upto {arrival.received_bytes}")
        if arrival.is_all:
            self._is_all = True
            self._process.tell(f"end {arrival.received_bytes}")

    def _hear(self, content: bytes) -> None:
        sound = np.frombuffer(content, dtype="<f4").astype(np.float32)
        update = self._captioner.feed(sound, more_waiting=self._process.has_frame(0))
        if update is not None:
            self._tell(update)
        if self._is_all and self._recording.duration_ms:
            self._step.progress(self._captioner.heard_ms / self._recording.duration_ms)

    def _tell(self, update: LiveUpdate) -> None:
        first = len(self._cues)
        settled = update.words[self._settled_words : update.settled]
        self._cues += [asdict(cue) for cue in make_cues(settled, language=update.language)]
        self._settled_words = update.settled
        draft = [asdict(cue) for cue in make_cues(update.words[update.settled :], language=update.language)]
        publish(
            f"recording:{self._recording.pk}",
            "captions",
            first=first,
            cues=self._cues[first:] + draft,
            settled=len(self._cues),
            heard_ms=update.heard_ms,
            language=update.language,
        )
        now = time.monotonic()
        if settled or now - self._kept_at > DRAFT_KEPT_EVERY_S:
            self._kept_at = now
            self._keep(update, draft)

    def _keep(self, update: LiveUpdate, draft: list[dict[str, Any]]) -> None:
        self._step.keep(
            {
                "captioner": self._captioner.checkpoint().to_json(),
                "cues": self._cues + draft,
                "settled": len(self._cues),
                "settled_words": update.settled,
                "heard_ms": update.heard_ms,
                "language": update.language,
            }
        )
