"""`twodesks import`."""

import itertools
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from twodesks.channels.operations.create_channel import create_channel
from twodesks.channels.queries import visible_channels
from twodesks.cli.members import acting_member
from twodesks.insights.engine.importing import check_lines, read_lines
from twodesks.insights.operations.import_insights import ImportReport, import_insights
from twodesks.kit.actor import Actor
from twodesks.kit.problem import Invalid
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.queries import embedding_progress

LINES_AT_A_TIME = 500

app = typer.Typer(no_args_is_help=True)
console = Console(stderr=True)


@app.callback()
def import_() -> None:
    """Bring in what was said or kept elsewhere."""


@app.command("insights")
def insights(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON Lines.")],
    channel: Annotated[str, typer.Option(help="Where they go; made, open to all, if there is none of this name.")],
    as_: Annotated[
        str, typer.Option("--as", help="Who imports, by e-mail address. Else the first administrator.")
    ] = "",
    wait: Annotated[bool, typer.Option(help="Stay until all can be found by meaning as well as by words.")] = True,
) -> None:
    """Load insights, one a line: {"key", "title", "body", "author", "topics", "created_at"}. Safe to run again."""
    actor = acting_member(as_)
    try:
        with file.open(encoding="utf-8-sig") as lines:
            total = check_lines(lines)
    except UnicodeDecodeError:
        raise Invalid(f"{file.name} is not UTF-8 text. Nothing was imported.") from None
    channel_id = _channel(actor, channel)
    started = time.monotonic()
    report = _import(actor, channel_id, file, total)
    _tell(report, total, time.monotonic() - started)
    if wait:
        _embed()


def _channel(actor: Actor, name: str) -> int:
    wanted = name.strip().lstrip("#")
    found = visible_channels(actor).filter(name__iexact=wanted).first()
    if found is None:
        found = create_channel(actor=actor, name=wanted)
        console.print(f"Made the channel {found}.", markup=False, highlight=False)
    return found.pk


def _import(actor: Actor, channel_id: int, file: Path, total: int) -> ImportReport:
    report = ImportReport()
    with _progress("Importing") as progress, file.open(encoding="utf-8-sig") as lines:
        task = progress.add_task("Importing", total=total)
        rows = read_lines(lines)
        while some := list(itertools.islice(rows, LINES_AT_A_TIME)):
            report.add(import_insights(actor=actor, channel_id=channel_id, lines=some))
            progress.advance(task, len(some))
    return report


def _embed() -> None:
    """Do what the worker would do, or watch it being done: one process embeds at a time."""
    with _progress("Embedding") as progress:
        task = progress.add_task("Embedding", total=None)
        try:
            while (now := embedding_progress()).waiting:
                progress.update(task, total=now.passages, completed=now.done)
                if embed_passages(seconds=2) == 0:
                    time.sleep(1)
        except KeyboardInterrupt:
            console.print("The rest is embedded by the worker. Until then it is found by its words.")


def _tell(report: ImportReport, total: int, seconds: float) -> None:
    rate = total / max(seconds, 0.001)
    told = [f"{report.added} added", f"{report.revised} revised", f"{report.unchanged} unchanged"]
    if report.changed_here:
        told.append(f"{report.changed_here} left as they were changed here")
    if report.unknown_authors:
        told.append(f"{report.unknown_authors} by authors who are not members")
    console.print(f"{', '.join(told)}. {rate:,.0f} a second.", highlight=False)


def _progress(name: str) -> Progress:
    return Progress(
        TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    )
