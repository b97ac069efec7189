"""`twodesks restore`."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql
from rich.console import Console

from twodesks.cli.database import named_server, tell_notes
from twodesks.server.archive import KEY, load_dump, read_manifest, unpack
from twodesks.server.binaries import find_binaries
from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.configuration import DATABASE, ROLE, SUPERUSER
from twodesks.server.data import DataDirectory, write_private
from twodesks.server.problems import CannotStart

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
        server = named_server()
        if not server:
            cluster = embedded_cluster(data)
            with cluster.running():
                tell_notes(cluster)
                _into_embedded(cluster, unpacked / "database.dump", data, force=force)
        else:
            _into_server(server, unpacked / "database.dump", data, force=force)
        places = {"media": data.media, "uploads": Path(os.environ.get("TWODESKS_UPLOADS", data.root / "uploads"))}
        for name in manifest.folders:
            _swap(unpacked / name, places[name])
        data.secret_key.unlink(missing_ok=True)
        write_private(data.secret_key, (unpacked / KEY).read_text())
    console.print("Everything is back. `twodesks run` starts it.")


def _into_embedded(cluster: Cluster, dump: Path, data: DataDirectory, *, force: bool) -> None:
    """Into a database of its own, which takes the other's place once it is complete."""
    with psycopg.connect(cluster.url()) as database:
        row = database.execute(TABLES).fetchone()
    if row and row[0] and not force:
        raise _not_empty(data)
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


def _into_server(url: str, dump: Path, data: DataDirectory, *, force: bool) -> None:
    with psycopg.connect(url) as database:
        row = database.execute(TABLES).fetchone()
    occupied = bool(row and row[0])
    if occupied and not force:
        raise _not_empty(data)
    load_dump(dump, url=url, binaries=find_binaries(), over_existing=occupied)


def _swap(new: Path, place: Path) -> None:
    """Put a folder in another's place; the other goes only then."""
    new.mkdir(mode=0o700, exist_ok=True)
    new.chmod(0o700)
    before = place.with_name(f".{place.name}-before")
    shutil.rmtree(before, ignore_errors=True)
    if place.exists():
        place.rename(before)
    new.rename(place)
    shutil.rmtree(before, ignore_errors=True)


def _not_empty(data: DataDirectory) -> CannotStart:
    return CannotStart(
        f"There is an installation in {data.root} already.",
        "Nothing was changed. Name an empty data directory in TWODESKS_DATA, or replace this one with --force.",
    )
