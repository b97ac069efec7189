"""A database for the length of one command: the one that runs, or the embedded one, started for it."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.data import DataDirectory

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
    with data.lock(), cluster.running():
        tell_notes(cluster)
        yield


def tell_notes(cluster: Cluster) -> None:
    for note in cluster.notes:
        notes.print(f"Note: {note}.", style="dim", highlight=False)
