"""A database for the length of one command: the one that runs, or the embedded one, started for it."""

import contextlib
import os
from collections.abc import Iterator

from rich.console import Console

from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.data import DataDirectory

notes = Console(stderr=True)


def embedded() -> bool:
    """Whether the database is ours to run, rather than a server named in the environment."""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


@contextlib.contextmanager
def database_for_command() -> Iterator[None]:
    """Beside a running `twodesks run` its database is used; with nothing running one is started and stopped again."""
    if not embedded():
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
