"""A database for the length of one command: the one that runs, or the embedded one, started for it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console

from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.data import DataDirectory
from twodesks.server.problems import CannotStart

notes = Console(stderr=True)


def named_server() -> str:
    """The address of the server named in the environment, or nothing when the database is ours to run."""
    file = os.environ.get("DATABASE_URL_FILE")
    return os.environ.get("DATABASE_URL", "") or (Path(file).read_text().strip() if file else "")


@contextlib.contextmanager
def database_for_command() -> Iterator[None]:
    """Beside a running `twodesks run` its database is used; with nothing running one is started and stopped again."""
    if named_server():
        yield
        return
    data = DataDirectory.default()
    cluster = embedded_cluster(data)
    if cluster.answers():
        yield
        return
    is_new = not (cluster.home / "PG_VERSION").exists()
    with data.lock(), cluster.running():
        if is_new:
            tell_notes(cluster)
        yield


def ensure_tables() -> None:
    """Make the tables of an empty database; refuse one whose tables are of another version."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    if executor.loader.applied_migrations:
        raise CannotStart(
            f"The database's tables are of an earlier version ({len(plan)} changes are to be made).",
            "Make a backup, then run `twodesks migrate`.",
        )
    call_command("migrate", interactive=False, verbosity=0)


def tell_notes(cluster: Cluster) -> None:
    for note in cluster.notes:
        notes.print(f"Note: {note}.", style="dim", highlight=False)
