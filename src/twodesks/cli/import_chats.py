"""`twodesks import slack`, `stackexchange`, `zulip`, `discord`, `mattermost`, `list` and `undo`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from twodesks.cli.members import acting_member
from twodesks.imports.operations.ask_import import ask_import
from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.operations.pause_import import pause_import
from twodesks.imports.operations.run_import import run_import
from twodesks.imports.operations.start_import import start_import
from twodesks.imports.operations.undo_import import undo_import
from twodesks.imports.queries.runs import get_run, left_out_lines, runs, unfinished_run
from twodesks.kit.actor import Actor, Door, system
from twodesks.kit.problem import Invalid, Unavailable

if TYPE_CHECKING:
    from twodesks.imports.models import ImportRun

console = Console(stderr=True)

Place = Annotated[Path, typer.Argument(exists=True, readable=True, help="The file or folder of the export.")]
As = Annotated[str, typer.Option("--as", help="Who imports, by e-mail address. Else the first administrator.")]
Bots = Annotated[bool, typer.Option(help="Bring in what bots wrote as well.")]
Direct = Annotated[bool, typer.Option(help="Bring in direct messages, as private channels of those in them.")]
Only = Annotated[list[str] | None, typer.Option("--channel", help="Only this channel; may be said again.")]
Look = Annotated[bool, typer.Option("--preview", help="Say what would come and what not, and change nothing.")]


def add_to(app: typer.Typer) -> None:
    app.command("slack")(slack)
    app.command("stackexchange")(stackexchange)
    app.command("zulip")(zulip)
    app.command("discord")(discord)
    app.command("mattermost")(mattermost)
    app.command("list")(list_runs)
    app.command("undo")(undo)


def slack(
    place: Place, as_: As = "", bots: Bots = False, direct_messages: Direct = False, only: Only = None,
    preview: Look = False,
) -> None:  # fmt: skip
    """Bring in a Slack export, packed or as a folder. Run it again: it goes on, or adds only what is new."""
    _bring_in("slack", place, as_, only, preview, bots=bots, direct=direct_messages)


def stackexchange(place: Place, as_: As = "", preview: Look = False) -> None:
    """Bring in the dump of a Stack Exchange site: a folder with Posts.xml, Users.xml, Votes.xml, Comments.xml."""
    _bring_in("stackexchange", place, as_, None, preview)


def zulip(
    place: Place, as_: As = "", bots: Bots = False, direct_messages: Direct = False, only: Only = None,
    preview: Look = False,
) -> None:  # fmt: skip
    """Bring in Zulip's export, as its tar file or the folder that was in it."""
    _bring_in("zulip", place, as_, only, preview, bots=bots, direct=direct_messages)


def discord(
    place: Place, as_: As = "", bots: Bots = False, direct_messages: Direct = False, only: Only = None,
    preview: Look = False,
) -> None:  # fmt: skip
    """Bring in the JSON files of DiscordChatExporter: one, a folder of them, or packed."""
    _bring_in("discord", place, as_, only, preview, bots=bots, direct=direct_messages)


def mattermost(
    place: Place, as_: As = "", bots: Bots = False, direct_messages: Direct = False, only: Only = None,
    preview: Look = False,
) -> None:  # fmt: skip
    """Bring in Mattermost's bulk export: its .jsonl file, or the ZIP with the files beside it."""
    _bring_in("mattermost", place, as_, only, preview, bots=bots, direct=direct_messages)


def list_runs(as_: As = "") -> None:
    """What was brought in, the newest first."""
    table = Table("Number", "When", "What", "State", "Messages", "Conversations", box=None)
    for run in runs(acting_member(as_))[:50]:
        when = f"{run.asked_at:%Y-%m-%d %H:%M}"
        table.add_row(str(run.pk), when, str(run), run.state, f"{run.messages:,}", f"{run.conversations:,}")
    Console().print(table)


def undo(number: Annotated[int, typer.Argument(help="As `list` has it.")], as_: As = "") -> None:
    """Take back what an import brought. What people have added since stays, and is counted."""
    actor = acting_member(as_)
    run = get_run(actor, number)
    if not run.is_undo_asked:
        undo_import(actor=actor, run_id=number, work=False)
    run = carry_out_undo(actor=system(Door.CLI), run_id=number)
    if run.undo_failed_at is not None:
        raise Unavailable(run.undo_failure)
    told = run.undo_report or {}
    console.print(
        f"Taken back: {told.get('messages', 0):,} messages in {told.get('conversations', 0):,} conversations, "
        f"{told.get('channels', 0)} channels, {told.get('people', 0)} names.",
        highlight=False,
    )
    if told.get("kept_conversations"):
        console.print(
            f"{told['kept_conversations']:,} conversations stay, because people here have gone on with them.",
            highlight=False,
        )


def _bring_in(  # noqa: PLR0913 - what the commands share
    kind: str, place: Path, as_: str, only: list[str] | None, preview: bool, *, bots: bool = False, direct: bool = False
) -> None:
    actor = acting_member(as_)
    run = unfinished_run(actor, kind, str(place.resolve()))
    if run is not None and not preview:
        console.print(f"Going on with what was begun on {run.asked_at:%-d %B at %H:%M}.", highlight=False)
        if run.state in ("paused", "failed"):
            run = pause_import(actor=actor, run_id=run.pk, resume=True)
    else:
        run = _looked_at(actor, kind, place, bots=bots, direct=direct)
        _tell_preview(run)
        if preview:
            return
        run = start_import(actor=actor, run_id=run.pk, channels=_chosen(run, only), work=False)
    run = _run(run)
    if run.failure:
        raise Invalid(f"{run.failure} What had come in before is in; run the command again to go on.")
    _tell_report(run)


def _looked_at(actor: Actor, kind: str, place: Path, *, bots: bool, direct: bool) -> "ImportRun":
    run = ask_import(actor=actor, kind=kind, path=place, with_bots=bots, with_direct_messages=direct, look=False)
    with _progress("Looking") as progress:
        task = progress.add_task("Looking", total=None)
        run = look_at_import(
            actor=system(Door.CLI), run_id=run.pk,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )  # fmt: skip
    if run.failure:
        raise Invalid(run.failure)
    return run


def _chosen(run: "ImportRun", only: list[str] | None) -> dict[str, int] | None:
    """Channels by name, with what each joins. Raises `Invalid` for a name that is not there."""
    if not only:
        return None
    told = {channel["name"].lower(): channel for channel in (run.preview or {}).get("channels", [])}
    chosen: dict[str, int] = {}
    for name in only:
        channel = told.get(name.lower().lstrip("#"))
        if channel is None:
            raise Invalid(f"There is no channel {name} in this export. It has {', '.join(sorted(told))}.")
        chosen[channel["key"]] = channel["becomes_id"] or 0
    return chosen


def _run(run: "ImportRun") -> "ImportRun":
    total = int((run.preview or {}).get("messages", 0)) or None
    with _progress("Bringing in") as progress:
        task = progress.add_task("Bringing in", total=total, completed=run.messages)

        def tell(now: "ImportRun") -> None:
            progress.update(task, completed=now.messages)

        return run_import(actor=system(Door.CLI), run_id=run.pk, progress=tell)


def _tell_preview(run: "ImportRun") -> None:
    told = run.preview or {}
    console.print(
        f"{told['messages']:,} messages in {told['threads']:,} threads of {len(told['channels'])} channels, by "
        f"{told['people']:,} people, {told['people_known']:,} of them known here. {told['files']:,} files.",
        highlight=False,
    )
    _tell_left_out(told["left_out"], "What will not come:")


def _tell_report(run: "ImportRun") -> None:
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at and run.started_at else 0.0
    console.print(
        f"Brought in {run.messages:,} messages in {run.conversations:,} conversations, {run.answered:,} of them "
        f"answered; {run.people_known:,} people known here, {run.people_new:,} new names. {seconds:,.0f} seconds.",
        highlight=False,
    )
    if run.edited or run.removed:
        console.print(
            f"Of what was here before, {run.edited:,} have newer words and {run.removed:,} were taken back there.",
            highlight=False,
        )
    _tell_left_out(run.left_out, "What did not come:")
    console.print(f"`twodesks import undo {run.pk}` takes it back, for 30 days.", markup=False, highlight=False)


def _tell_left_out(told: dict[str, dict[str, object]], title: str) -> None:
    lines = left_out_lines(told)
    if not lines:
        return
    table = Table(title, "", "", box=None, title_justify="left")
    for line in lines:
        table.add_row(line.title, f"{line.count:,}", line.why)
    console.print(table)


def _progress(name: str) -> Progress:
    return Progress(
        TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True
    )
