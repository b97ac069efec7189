"""The command line: the list of commands. Each is loaded only when it is called, so that the light ones stay light."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from importlib import import_module
from typing import Any

import django
import typer
from django.db import OperationalError
from rich.console import Console
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from twodesks.cli.database import database_for_command, ensure_tables
from twodesks.kit.problem import Problem
from twodesks.server.problems import CannotStart


class Needs(Enum):
    """What has to be there before a command's module is imported."""

    NOTHING = auto()
    DJANGO = auto()
    DATABASE = auto()  # Django, and a database that answers
    TABLES = auto()  # a database whose tables are up to date


@dataclass(frozen=True, slots=True)
class Entry:
    module: str  # has a typer application called `app`
    help: str
    needs: Needs


COMMANDS = {
    "run": Entry("twodesks.cli.run", "Run everything: database, web, worker.", Needs.NOTHING),
    "web": Entry("twodesks.cli.web", "Serve pages and live events.", Needs.NOTHING),
    "worker": Entry("twodesks.cli.worker", "Do the background jobs.", Needs.TABLES),
    "migrate": Entry("twodesks.cli.migrate", "Bring the database's tables up to date.", Needs.DATABASE),
    "create-admin": Entry("twodesks.cli.create_admin", "Make an administrator.", Needs.TABLES),
    "sign-in-link": Entry("twodesks.cli.sign_in_link", "Make a link that signs a member in once.", Needs.TABLES),
    "demo": Entry("twodesks.cli.demo", "Fill an empty installation with the demo workspace.", Needs.TABLES),
    "backup": Entry("twodesks.cli.backup", "Write everything into one file.", Needs.DATABASE),
    "restore": Entry("twodesks.cli.restore", "Read everything back from such a file.", Needs.NOTHING),
    "search": Entry("twodesks.cli.search", "Find what a member can find.", Needs.TABLES),
    "import": Entry(
        "twodesks.cli.imports", "Bring in a chat, a question site or insights from elsewhere.", Needs.TABLES
    ),
    "mail": Entry("twodesks.cli.mail", "Take replies that come by e-mail.", Needs.TABLES),
    "capture": Entry("twodesks.cli.capture", "Turn a recording into captions, chapters and key points.", Needs.NOTHING),
    "untangle": Entry("twodesks.cli.untangle", "Split channel talk into conversations.", Needs.NOTHING),
    "doctor": Entry("twodesks.cli.doctor", "Check the installation and say what to do.", Needs.NOTHING),
}


class LazyCommand(TyperCommand):
    """Stands for a command in the list, and becomes it when it is called."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help)
        self.entry = entry

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        if self.entry.needs is not Needs.NOTHING:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twodesks.project.settings")
            django.setup()
        if self.entry.needs in (Needs.DATABASE, Needs.TABLES) and parent is not None and "--help" not in args:
            parent.with_resource(database_for_command())
            if self.entry.needs is Needs.TABLES:
                ensure_tables()
        command = get_command(import_module(self.entry.module).app)
        return command.make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else LazyCommand(cmd_name, entry)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Refusals are told in words, not in traces."""
        try:
            return super().main(args, *rest, **options)
        except CannotStart as refusal:
            _tell(refusal.detail, refusal.remedy)
        except Problem as refusal:
            _tell(refusal.detail, "")
        except OperationalError as failure:
            _tell(f"The database does not answer: {str(failure).splitlines()[0]}", "`twodesks doctor` may know why.")
        sys.exit(1)


def _tell(detail: str, remedy: str) -> None:
    console = Console(stderr=True)
    console.print(detail, style="bold", markup=False, highlight=False)
    if remedy:
        console.print(remedy, markup=False, highlight=False)


app = typer.Typer(
    name="twodesks", cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def twodesks() -> None:
    """A team's everyday answers become a living library of short courses."""
