"""How quick captions are, on a five-minute recording made of real lessons.

    make bench-capture              three rounds, then five minutes in real time
    ROUNDS=1 LIVE=0 make bench-capture

First the whole of `capture` (a process from start to end: loading, decoding, words, cues, chapters, files written) and
bare faster-whisper (the same model, word times, beam, voice filter, threads and file; also a process) in turns. Bar:
capture takes at most 1.15 times as long. faster-whisper's own batched pipeline is measured beside it.

Then the recording is "made": its bytes are appended to a file in real time while it is followed. Bars: the first
caption within 8 s, and everything (words, cues, chapters) within 30 s of the end.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.speech_data import five_minutes, keep, show, write_browser_recording
from twodesks.speech.cues import make_cues
from twodesks.speech.live import follow_recording
from twodesks.speech.model_store import join_base_model
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.structure import find_structure
from twodesks.speech.transcribers import load_transcriber

BAR_RATIO = 1.15
BAR_FIRST_S = 8.0
BAR_READY_S = 30.0
ROUNDS = int(os.environ.get("ROUNDS", "3"))
LIVE = os.environ.get("LIVE", "1") != "0"
PIECE_S = 1.0

CAPTURE = [sys.executable, "-m", "twodesks.speech"]
BARE = """
import sys
from faster_whisper import BatchedInferencePipeline, WhisperModel
file, model, threads, beam, batch = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=threads)
if batch:
    segments, _ = BatchedInferencePipeline(whisper).transcribe(
        file, beam_size=beam, word_timestamps=True, batch_size=batch)
else:
    segments, _ = whisper.transcribe(file, beam_size=beam, word_timestamps=True, vad_filter=True)
print(sum(len(segment.words) for segment in segments))
"""


def run(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": round(seconds, 2), "processor_seconds": round(cpu, 2)}


def in_turns(file: Path, settings: SpeechSettings, folder: Path) -> dict[str, Any]:
    model = str(join_base_model(settings.models_directory))
    threads = len(os.sched_getaffinity(0))
    environment = os.environ | {"TWODESKS_SPEECH_MODEL": model, "TWODESKS_SPEECH_THREADS": str(threads)}
    bare = [sys.executable, "-c", BARE, str(file), model, str(threads), str(settings.beam_size)]
    commands = {
        "capture": [*CAPTURE, str(file), "--json", str(folder / "a.json"), "--vtt", str(folder / "a.vtt")],
        "faster-whisper": [*bare, "0"],
        "faster-whisper, batched": [*bare, str(settings.batch_size)],
    }
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for number in range(ROUNDS):
        for name, command in commands.items():
            rounds[name].append(run(command, environment))
            show(f"round {number + 1}", ["", "s", "processor s"], [(name, *rounds[name][-1].values())])
    medians = {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]} for name, found in rounds.items()
    }
    spent = json.loads((folder / "a.json").read_text(encoding="utf-8"))["timings_ms"]
    return {"rounds": rounds, "medians": medians, "timings_ms": spent}


def as_it_is_made(data: bytes, seconds: float, settings: SpeechSettings, folder: Path) -> dict[str, Any]:
    transcriber = load_transcriber(settings)
    file = folder / "growing.webm"
    file.touch()
    started = time.monotonic()
    ended = threading.Event()

    def record() -> None:
        pieces = round(seconds / PIECE_S)
        with file.open("ab", buffering=0) as output:
            for number in range(pieces):
                time.sleep(max(0.0, started + (number + 1) * PIECE_S - time.monotonic()))
                output.write(data[len(data) * number // pieces : len(data) * (number + 1) // pieces])
        ended.set()

    threading.Thread(target=record, daemon=True).start()
    lags: list[float] = []
    first_s, seen_ms = None, -1
    for update, _ in follow_recording(file, transcriber, is_complete=ended.is_set):
        now = time.monotonic() - started
        new = [word for word in update.words if word.start_ms > seen_ms]
        if new:
            first_s = now if first_s is None else first_s
            lags += [now - word.end_ms / 1000 for word in new]
            seen_ms = new[-1].start_ms
    cues = make_cues(update.words, language=update.language, duration_ms=update.heard_ms)
    structure = find_structure(update.words, language=update.language, duration_ms=update.heard_ms)
    ready_s = time.monotonic() - started - seconds
    return {
        "first_caption_s": round(first_s or 0.0, 2),
        "word_shown_after_s": {
            "median": round(statistics.median(lags), 2),
            "p95": round(statistics.quantiles(lags, n=20)[-1], 2),
        },
        "ready_after_end_s": round(ready_s, 2),
        "words": len(update.words),
        "cues": len(cues),
        "chapters": len(structure.chapters),
    }


def main() -> None:
    settings = SpeechSettings.from_environment()
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"This machine is busy (load {load:.1f}): seconds will be longer than on an idle one.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "five-minutes.webm"
        samples = five_minutes()
        write_browser_recording(file, samples)
        turns = in_turns(file, settings, folder)
        live = as_it_is_made(file.read_bytes(), len(samples) / 16_000, settings, folder) if LIVE else None
    medians = turns["medians"]
    rows = [
        (name, *one.values(), one["seconds"] / medians["faster-whisper"]["seconds"]) for name, one in medians.items()
    ]
    show("Five minutes, median of the rounds", ["", "s", "processor s", "ratio"], rows)
    ratio = round(rows[0][-1], 3)
    passed = {"speed": ratio <= BAR_RATIO}
    if live:
        shown = live["word_shown_after_s"]
        passed |= {"first": live["first_caption_s"] <= BAR_FIRST_S, "ready": live["ready_after_end_s"] <= BAR_READY_S}
        show(
            "The same while it is being made",
            ["first caption s", "word shown after s, median", "p95", "ready after end s"],
            [(str(live["first_caption_s"]), shown["median"], shown["p95"], live["ready_after_end_s"])],
        )
    keep("capture", {"load_at_start": round(load, 2), "ratio": ratio, "passed": passed} | turns | {"live": live})
    raise SystemExit(0 if all(passed.values()) else 1)


if __name__ == "__main__":
    main()
