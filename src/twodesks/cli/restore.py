"""`twodesks restore`."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql
from rich.console import Console

from twodesks.cli.database import named_server, tell_notes
from twodesks.server.archive import DUMP, KEY, load_dump, read_manifest, unpack
from twodesks.server.binaries import find_binaries
from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.configuration import DATABASE, ROLE, SUPERUSER
from twodesks.server.data import DataDirectory, write_private
from twodesks.server.problems import CannotStart
from twodesks.server.replaced_folders import replaced

NEW_DATABASE = "twodesks_restoring"
TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"

app = typer.Typer()
console = Console(stderr=True, highlight=False)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="A file made by `twodesks backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the data directory.")] = False,
) -> None:
    """Read a backup into an empty data directory. Twodesks must not be running on it."""
    manifest = read_manifest(source)
    data = DataDirectory.default()
    data.prepare()
    with data.lock(), tempfile.TemporaryDirectory(prefix=".restore-", dir=data.root) as folder:
        if any(data.media.iterdir()) and not force:
            raise _not_empty(data)
        console.print(f"Backup of {manifest.made_at[:16].replace('T', ' ')} UTC, Twodesks {manifest.version}.")
        unpacked = Path(folder)
        unpack(source, manifest, unpacked, lambda done, total: None)
        places = {"media": data.media, "uploads": Path(os.environ.get("TWODESKS_UPLOADS", data.root / "uploads"))}
        new_key = unpacked / f"{KEY}.new"
        write_private(new_key, (unpacked / KEY).read_text())
        with _database(data) as into:
            if into.is_occupied and not force:
                raise _not_empty(data)
            # Whatever may fail, a full disk or another's folder, fails before the database is another.
            with replaced({places[name]: unpacked / name for name in manifest.folders}):
                into.load(unpacked / DUMP)
                new_key.replace(data.secret_key)
    console.print("Everything is back. `twodesks run` starts it.")


@dataclass(frozen=True, slots=True)
class _Database:
    """Where the dump goes: a server that was named, or the embedded one."""

    url: str
    cluster: Cluster | None
    is_occupied: bool

    def load(self, dump: Path) -> None:
        if self.cluster is not None:
            _into_embedded(self.cluster, dump)
        else:
            load_dump(dump, url=self.url, binaries=find_binaries(), over_existing=self.is_occupied)


@contextmanager
def _database(data: DataDirectory) -> Iterator[_Database]:
    server = named_server()
    if server:
        yield _Database(server, None, _is_occupied(server))
        return
    cluster = embedded_cluster(data)
    with cluster.running():
        tell_notes(cluster)
        yield _Database(cluster.url(), cluster, _is_occupied(cluster.url()))


def _is_occupied(url: str) -> bool:
    with psycopg.connect(url) as database:
        row = database.execute(TABLES).fetchone()
    return bool(row and row[0])


def _into_embedded(cluster: Cluster, dump: Path) -> None:
    """Into a database of its own, which takes the other's place once it is complete."""
    with psycopg.connect(cluster.url("postgres", SUPERUSER), autocommit=True) as server:
        new, old = sql.Identifier(NEW_DATABASE), sql.Identifier(DATABASE)
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(new))
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(new, sql.Identifier(ROLE)))
        try:
            load_dump(dump, url=cluster.url(NEW_DATABASE), binaries=cluster.binaries, over_existing=False)
        except CannotStart:
            server.execute(sql.SQL("DROP DATABASE {}").format(new))
            raise
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(old))
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, old))


def _not_empty(data: DataDirectory) -> CannotStart:
    return CannotStart(
        f"There is an installation in {data.root} already.",
        "Nothing was changed. Name an empty data directory in TWODESKS_DATA, or replace this one with --force.",
    )
