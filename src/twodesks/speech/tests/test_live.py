import json
from pathlib import Path

import numpy as np
import pytest

from twodesks.speech.decoding import SAMPLE_RATE, Pcm, decode_audio
from twodesks.speech.live import Checkpoint, LiveCaptioner, LiveUpdate, follow_recording
from twodesks.speech.tests.doubles import SecondsTranscriber
from twodesks.speech.tests.sounds import TWO_CITIES, silence, write_media
from twodesks.speech.words import Word

HALF_SECOND = SAMPLE_RATE // 2


@pytest.fixture(scope="module")
def talk() -> Pcm:
    speech = np.concatenate(list(decode_audio(TWO_CITIES)))
    return np.concatenate([speech, silence(1), speech])


def fed(captioner: LiveCaptioner, sound: Pcm, *, more_waiting: bool = False) -> list[LiveUpdate]:
    blocks = (sound[at : at + HALF_SECOND] for at in range(0, len(sound), HALF_SECOND))
    updates = [captioner.feed(block, more_waiting=more_waiting) for block in blocks]
    return [update for update in updates if update is not None]


def test_words_come_while_the_speaker_is_still_speaking(talk: Pcm) -> None:
    captioner = LiveCaptioner(SecondsTranscriber())
    updates = fed(captioner, talk[: 20 * SAMPLE_RATE])
    assert updates[0].heard_ms <= 4_000
    assert updates[0].words
    gaps = np.diff([update.heard_ms for update in updates])
    assert gaps.max() <= 5_000
    assert all(update.settled == 0 for update in updates)


def test_settled_words_never_change_and_drafts_give_way_to_them(talk: Pcm) -> None:
    captioner = LiveCaptioner(SecondsTranscriber())
    settled: list[Word] = []
    for update in [*fed(captioner, talk), captioner.finish()]:
        assert update.words[: len(settled)] == settled
        settled = update.words[: update.settled]
        starts = [word.start_ms for word in update.words]
        assert starts == sorted(starts)
    assert len(settled) == len(captioner.words)


def test_live_words_are_those_of_a_capture_afterwards(talk: Pcm) -> None:
    live = LiveCaptioner(SecondsTranscriber())
    fed(live, talk)
    live.finish()
    afterwards = LiveCaptioner(SecondsTranscriber())
    fed(afterwards, talk, more_waiting=True)
    afterwards.finish()
    assert live.words == afterwards.words


def test_no_time_goes_into_drafts_while_catching_up(talk: Pcm) -> None:
    transcriber = SecondsTranscriber()
    fed(LiveCaptioner(transcriber), talk, more_waiting=True)
    assert transcriber.asked
    assert not any(draft for _, draft in transcriber.asked)


def test_another_process_goes_on_from_a_checkpoint(talk: Pcm) -> None:
    whole = LiveCaptioner(SecondsTranscriber())
    fed(whole, talk)
    whole.finish()

    killed = LiveCaptioner(SecondsTranscriber())
    fed(killed, talk[: 60 * SAMPLE_RATE])
    kept = json.dumps(killed.checkpoint().to_json())
    checkpoint = Checkpoint.from_json(json.loads(kept))
    assert checkpoint.words
    assert 15_000 < checkpoint.resume_ms <= 60_000

    heir = LiveCaptioner(SecondsTranscriber(), checkpoint=checkpoint)
    fed(heir, talk[checkpoint.resume_ms * SAMPLE_RATE // 1000 :])
    heir.finish()
    assert [word.text for word in heir.words] == [word.text for word in whole.words]


def test_a_checkpoint_of_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 99"):
        Checkpoint.from_json({"version": 99})


def test_silence_gives_no_words() -> None:
    captioner = LiveCaptioner(SecondsTranscriber())
    assert fed(captioner, silence(60)) == []
    assert captioner.finish().words == []


def test_a_file_is_followed_to_its_end_and_taken_up_after_a_kill(tmp_path: Path, talk: Pcm) -> None:
    talk = talk[: 40 * SAMPLE_RATE]
    path = write_media(tmp_path / "live.webm", talk, options={"live": "1"})
    *_, (last, _) = follow_recording(path, SecondsTranscriber(), is_complete=lambda: True)
    assert last.settled == len(last.words)
    assert last.heard_ms == pytest.approx(len(talk) * 1000 / SAMPLE_RATE, abs=50)

    (_, checkpoint), *_ = follow_recording(path, SecondsTranscriber(), is_complete=lambda: True)
    *_, (again, _) = follow_recording(path, SecondsTranscriber(), is_complete=lambda: True, checkpoint=checkpoint)
    assert [word.text for word in again.words] == [word.text for word in last.words]
