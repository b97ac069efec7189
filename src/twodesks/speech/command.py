"""`twodesks capture`: captions, chapters and key points of one file, from the command line."""

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from twodesks.kit.problem import Problem
from twodesks.kit.timecode import clock, length
from twodesks.kit.webvtt import to_srt, to_vtt
from twodesks.speech.capture import Capture, capture_file
from twodesks.speech.languages import LANGUAGES, language_code
from twodesks.speech.settings import SpeechSettings
from twodesks.speech.transcribers import load_transcriber
from twodesks.speech.transcription import Progress as Heard


def capture(  # noqa: PLR0913 - each argument is an option of the command
    file: Annotated[Path, typer.Argument(help="A recording: mp4, mov, webm, mkv, mp3, m4a, wav, ogg, flac.")],
    language: Annotated[
        str | None, typer.Option(help="The language spoken, such as en or de. Recognised when not given.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="base, tiny.en for quick drafts, a folder with a CTranslate2 model, or a hub name."),
    ] = None,
    vtt: Annotated[Path | None, typer.Option(help="Write the captions as WebVTT here.")] = None,
    srt: Annotated[Path | None, typer.Option(help="Write the captions as SubRip here.")] = None,
    json_path: Annotated[Path | None, typer.Option("--json", help="Write everything found as JSON here.")] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="Caption what is there of a file that was cut short.")
    ] = False,
) -> None:
    """Caption a recording and find its chapters and key points. Without options for files it only shows them."""
    console = Console(stderr=True)
    try:
        found = _capture(file, language=language, model=model, partial=partial, console=console)
        _write_all(
            (vtt, to_vtt(found.cues)),
            (srt, to_srt(found.cues)),
            (json_path, json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n"),
        )
    except Problem as problem:
        console.print(Text(problem.detail, style="red"))
        raise typer.Exit(1) from problem
    _summarise(found, Console())


def _capture(file: Path, *, language: str | None, model: str | None, partial: bool, console: Console) -> Capture:
    settings = SpeechSettings.from_environment()
    spoken = language or settings.language
    code = language_code(spoken) if spoken else None
    if model:
        settings = replace(settings, model=model)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("Loading the speech model", total=None)
        transcriber = load_transcriber(settings)
        bar.update(task, description=f"Listening to {file.name}")

        def show(progress: Heard, duration_ms: int | None) -> None:
            bar.update(task, total=duration_ms, completed=progress.done_ms)

        return capture_file(file, transcriber, language=code, allow_partial=partial, on_progress=show)


def _write_all(*outputs: tuple[Path | None, str]) -> None:
    """All of the files or none: each is written beside its place first."""
    ready: list[tuple[str, Path]] = []
    try:
        for path, content in outputs:
            if path is None:
                continue
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
            ready.append((name, path))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(content)
        for name, path in ready:
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
    except OSError as error:
        for name, _ in ready:
            Path(name).unlink(missing_ok=True)
        raise CannotWrite(
            f"{error.filename2 or error.filename} cannot be written: {error.strerror}. No file was written. "
            "Check the folder and the space left, then try again."
        ) from error


class CannotWrite(Problem):
    code = "cannot-write"


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _summarise(found: Capture, console: Console) -> None:
    facts = Table.grid(padding=(0, 2))
    facts.add_row("Length", length(found.duration_ms))
    facts.add_row("Language", LANGUAGES[found.language])
    facts.add_row("Captions", f"{len(found.cues)} cues, {len(found.words)} words")
    facts.add_row("Topics", Text(", ".join(found.topics) or "none found"))
    facts.add_row("Took", f"{found.timings_ms.total / 1000:.1f} s with {found.model}")
    console.print(facts)
    if not found.cues:
        console.print("Nobody speaks in this recording, so there are no captions.")
    for title, lines in (
        ("Chapters", [(chapter.start_ms, chapter.title) for chapter in found.chapters]),
        ("Key points", [(point.start_ms, point.text) for point in found.key_points]),
    ):
        if lines:
            table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2))
            for start_ms, text in lines:
                table.add_row(clock(start_ms), Text(text))
            console.print(table)
