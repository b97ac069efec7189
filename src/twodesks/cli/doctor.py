"""`twodesks doctor`: looks at the usual causes of trouble, and says what to do about each."""

import importlib.util
import os
import shutil
import socket
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import django
import psycopg
import typer
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.table import Table

from twodesks.cli.database import database_for_command, named_server
from twodesks.cli.web import DEFAULT_HOST, DEFAULT_PORT
from twodesks.language.rewrite_settings import RewriteSettings
from twodesks.server.account import choose_account
from twodesks.server.binaries import OLDEST_VERSION, find_binaries
from twodesks.server.cluster import EXTENSIONS, TEXTSEARCH, embedded_url
from twodesks.server.data import NEEDED_BYTES, DataDirectory
from twodesks.server.problems import CannotStart
from twodesks.server.processes import memory_bytes

GB = 1024**3
WORKER_SEEN_WITHIN_S = 30

app = typer.Typer()


class Verdict(Enum):
    FINE = "[green]fine[/green]"
    NOTE = "[yellow]note[/yellow]"
    BAD = "[red]bad[/red]"


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    verdict: Verdict
    told: str
    remedy: str = ""


@app.command()
def doctor() -> None:
    """Check the installation. Changes nothing; starts the database for a moment if it does not run."""
    findings = list(_examine())
    table = Table(show_edge=False, header_style="dim")
    for heading in ("", "What", "Found", "What to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(finding.verdict.value, finding.what, finding.told, finding.remedy)
    Console().print(table)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(1)


def _examine() -> Iterator[Finding]:
    data = DataDirectory.default()
    for look in (_python, _memory, lambda: _data(data), lambda: _disk(data), lambda: _key(data), _front_end, _port):
        yield look()
    if not named_server():
        yield _careful("PostgreSQL's programs", _programs)
        yield _careful("PostgreSQL's account", lambda: _account(data))
    yield from _database(data)
    yield _mail()
    yield _language_model()
    yield _address()


def _careful(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except CannotStart as refusal:
        return Finding(what, Verdict.BAD, refusal.detail, refusal.remedy)


def _python() -> Finding:
    told = ".".join(map(str, sys.version_info[:3]))
    fine = sys.version_info >= (3, 11)
    return Finding("Python", Verdict.FINE if fine else Verdict.BAD, told, "" if fine else "Install 3.11 or newer.")


def _memory() -> Finding:
    told = f"{memory_bytes() / GB:.1f} GB"
    if memory_bytes() > 1.8 * GB:
        return Finding("Memory", Verdict.FINE, told)
    return Finding("Memory", Verdict.NOTE, told, "Captions want about 2 GB; choose a smaller speech model.")


def _data(data: DataDirectory) -> Finding:
    what = "Data directory"
    if not data.root.exists():
        return Finding(what, Verdict.NOTE, f"{data.root} is not there yet", "`twodesks run` makes it.")
    if not os.access(data.root, os.W_OK | os.X_OK):
        return Finding(what, Verdict.BAD, f"{data.root} cannot be written", "Give this account the right to.")
    if stat.S_IMODE(data.root.stat().st_mode) & 0o026:
        return Finding(what, Verdict.BAD, f"others can read or write {data.root}", f"chmod 700 {data.root}")
    return Finding(what, Verdict.FINE, str(data.root))


def _disk(data: DataDirectory) -> Finding:
    place = next(folder for folder in (data.root, *data.root.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    told = f"{free / GB:.1f} GB free"
    if free < NEEDED_BYTES:
        return Finding("Disk", Verdict.BAD, told, "Free some space: nothing can be written.")
    if free < 2 * GB:
        return Finding("Disk", Verdict.NOTE, told, "An hour of screen recording takes about 1 GB.")
    return Finding("Disk", Verdict.FINE, told)


def _key(data: DataDirectory) -> Finding:
    what = "Secret key"
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return Finding(what, Verdict.FINE, "from the environment")
    if not data.secret_key.exists():
        return Finding(what, Verdict.NOTE, "not made yet", "The first start makes it.")
    if stat.S_IMODE(data.secret_key.stat().st_mode) & 0o077:
        return Finding(what, Verdict.BAD, "others can read it", f"chmod 600 {data.secret_key}")
    return Finding(what, Verdict.FINE, "readable by its owner alone")


def _front_end() -> Finding:
    package = importlib.util.find_spec("twodesks")
    folder = Path(next(iter(package.submodule_search_locations or []))) if package else Path()
    if (folder / "static" / "dist" / "manifest.json").exists():
        return Finding("Pages", Verdict.FINE, "scripts and styles are there")
    return Finding("Pages", Verdict.BAD, "scripts and styles were not built", "In a checkout: make front-end.")


def _port() -> Finding:
    host, port = os.environ.get("HOST", DEFAULT_HOST), int(os.environ.get("PORT", DEFAULT_PORT))
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(2)
        taken = probe.connect_ex((host, port)) == 0
    if taken:
        return Finding("Port", Verdict.NOTE, f"{port} is in use", "Fine if that is Twodesks; else use --port.")
    return Finding("Port", Verdict.FINE, f"{port} is free")


def _programs() -> Finding:
    found = find_binaries()
    search = "with BM25" if found.textsearch else "without BM25: search uses plain full text"
    return Finding("PostgreSQL's programs", Verdict.FINE, f"version {found.major}, {search}")


def _account(data: DataDirectory) -> Finding:
    account = choose_account(data.postgres)
    if account.drops_root:
        told = f"root started this, so it runs as {account.name}"
        return Finding("PostgreSQL's account", Verdict.NOTE, told, "An account of its own for Twodesks is better.")
    return Finding("PostgreSQL's account", Verdict.FINE, account.name)


def _database(data: DataDirectory) -> Iterator[Finding]:
    what = "Database"
    if not named_server() and not (data.postgres / "PG_VERSION").exists():
        yield Finding(what, Verdict.NOTE, "not made yet", "`twodesks run` makes it.")
        return
    try:
        with database_for_command(), psycopg.connect(named_server() or embedded_url(data)) as database:
            yield _server(database)
            yield from _extensions(database)
            yield from _tables(database)
    except CannotStart as refusal:
        yield Finding(what, Verdict.BAD, refusal.detail, refusal.remedy)
    except psycopg.OperationalError as error:
        yield Finding(what, Verdict.BAD, f"does not answer: {str(error).splitlines()[0]}", "Check DATABASE_URL.")


Connection = psycopg.Connection[tuple[object, ...]]


def _server(database: Connection) -> Finding:
    version = database.info.server_version // 10000
    if version < OLDEST_VERSION:
        return Finding("Database", Verdict.BAD, f"PostgreSQL {version}", f"Move to {OLDEST_VERSION} or newer.")
    row = database.execute("SELECT current_setting('fsync'), current_setting('full_page_writes')").fetchone()
    if row != ("on", "on"):
        return Finding("Database", Verdict.BAD, "may lose data in a crash", "Set fsync and full_page_writes to on.")
    return Finding("Database", Verdict.FINE, f"PostgreSQL {version}")


def _extensions(database: Connection) -> Iterator[Finding]:
    available = {str(row[0]) for row in database.execute("SELECT name FROM pg_available_extensions")}
    missing = [name for name in EXTENSIONS if name not in available]
    if missing:
        yield Finding("Extensions", Verdict.BAD, f"missing: {', '.join(missing)}", "Install pgvector and contrib.")
    elif TEXTSEARCH not in available:
        yield Finding("Extensions", Verdict.NOTE, "pg_textsearch is not there", "Search works, with plain full text.")
    else:
        yield Finding("Extensions", Verdict.FINE, "all there")


def _tables(database: Connection) -> Iterator[Finding]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "twodesks.project.settings")
    django.setup()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding("Tables", Verdict.NOTE, f"{len(plan)} changes to make", "`twodesks run` or `twodesks migrate`.")
        return
    yield Finding("Tables", Verdict.FINE, "up to date")
    seen = database.execute(
        "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
        [WORKER_SEEN_WITHIN_S],
    ).fetchone()
    waiting = database.execute(
        "SELECT count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '1 hour'),"
        " count(*) FILTER (WHERE status = 'failed') FROM procrastinate_jobs"
    ).fetchone()
    late, failed = waiting or (0, 0)
    if not (seen and seen[0]):
        yield Finding("Worker", Verdict.NOTE, "none is running", "`twodesks run` or `twodesks worker` starts it.")
    else:
        yield Finding("Worker", Verdict.FINE, "running")
    if late or failed:
        yield Finding("Jobs", Verdict.NOTE, f"{late} wait for over an hour, {failed} failed", "The log says why.")
    else:
        yield Finding("Jobs", Verdict.FINE, "none late, none failed")


def _mail() -> Finding:
    if os.environ.get("EMAIL_URL") or os.environ.get("EMAIL_URL_FILE"):
        return Finding("Mail", Verdict.FINE, "set")
    return Finding("Mail", Verdict.NOTE, "invitations are not sent", "Set EMAIL_URL, or hand links on yourself.")


def _language_model() -> Finding:
    what = "Language model"
    try:
        settings = RewriteSettings.from_environment()
    except ValueError as fault:
        return Finding(what, Verdict.BAD, str(fault), "Until then drafts keep the words of the messages.")
    told = f"{settings.model} helps with drafts" if settings is not None else "none: drafts keep people's own words"
    return Finding(what, Verdict.FINE, told)


def _address() -> Finding:
    address = os.environ.get("BASE_URL", "")
    if address.startswith("https://") or not address:
        return Finding("Address", Verdict.FINE, address or "this machine only")
    return Finding("Address", Verdict.NOTE, address, "Browsers record only over https, except on localhost.")
