"""What the measurements of speech share: the recordings, a five-minute file made of them, tables and results."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
from rich.console import Console
from rich.table import Table

from twodesks.speech.decoding import SAMPLE_RATE, Pcm, decode_audio

DATA = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[1].parent / "shared" / "data")) / "speech"
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Lesson:
    audio: Path
    duration_s: float
    chapter_starts_s: list[float]
    text: str


def lessons() -> list[Lesson]:
    folder = DATA / "lectures"
    found = []
    for line in _present(folder / "chapters.jsonl").read_text(encoding="utf-8").splitlines():
        lesson = json.loads(line)
        starts = [float(chapter["start"]) for chapter in lesson["chapters"]]
        text = " ".join(chapter["text"] for chapter in lesson["chapters"])
        found.append(Lesson(folder / lesson["audio"], float(lesson["duration_s"]), starts, text))
    return found


def utterances() -> list[tuple[Path, str]]:
    folder = DATA / "utterances"
    lines = _present(folder / "transcripts.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t", 1) for line in lines if line)
    return [(path, text) for name, text in pairs if (path := folder / f"{Path(name).stem}.flac").exists()]


def five_minutes() -> Pcm:
    sound = np.concatenate([block for lesson in lessons() for block in decode_audio(lesson.audio)])
    return sound[: 300 * SAMPLE_RATE]


def write_browser_recording(path: Path, samples: Pcm) -> None:
    """Opus in WebM, in clusters of a second and without an index: as MediaRecorder makes it."""
    with av.open(str(path), "w", format="webm", options={"live": "1", "cluster_time_limit": "1000"}) as container:
        track: Any = container.add_stream("libopus", rate=48_000)
        track.layout = "mono"
        track.bit_rate = 48_000
        resampler = av.AudioResampler(format=track.format.name, layout="mono", rate=48_000, frame_size=960)
        for start in range(0, len(samples), SAMPLE_RATE):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + SAMPLE_RATE], format="flt", layout="mono")
            frame.sample_rate, frame.pts = SAMPLE_RATE, start
            for resampled in resampler.resample(frame):
                container.mux(track.encode(resampled))
        for resampled in resampler.resample(None):
            container.mux(track.encode(resampled))
        container.mux(track.encode(None))


def show(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right")
    for row in rows:
        table.add_row(*(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row))
    Console().print(table)


def keep(name: str, result: dict[str, Any]) -> None:
    RESULTS.mkdir(exist_ok=True)
    result = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "processors": os.cpu_count()} | result
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    Console().print(f"Written to {path}")


def _present(path: Path) -> Path:
    if not path.exists():
        raise SystemExit(f"Skipped: there is no {path}. Name the folder with the recordings in TWODESKS_BENCH_DATA.")
    return path
