"""`twodesks backup`."""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from twodesks.server.archive import Installation, write_backup
from twodesks.server.binaries import find_binaries

app = typer.Typer()
console = Console(stderr=True, highlight=False)


@app.command()
def backup(
    target: Annotated[
        Path | None, typer.Argument(help="The file to write; by default a dated one in the data directory's backups.")
    ] = None,
) -> None:
    """Write the database, the recordings and the key into one file. People may go on working meanwhile."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    target = (target or settings.DATA_DIRECTORY.backups / f"twodesks-{moment}.tar").absolute()
    here = isinstance(storages["default"], FileSystemStorage)
    bar = Progress(
        TextColumn("Recordings"), BarColumn(), DownloadColumn(), console=console, disable=not console.is_terminal
    )
    with bar:
        task = bar.add_task("media", total=None)
        manifest = write_backup(
            target,
            Installation(
                url=settings.DATABASE_ADDRESS,
                binaries=find_binaries(),
                folders=({"media": Path(settings.MEDIA_ROOT)} if here else {}) | {"uploads": settings.UPLOADS_ROOT},
                secret_key=settings.SECRET_KEY,
                version=version("twodesks"),
            ),
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    size = target.stat().st_size / 1024 / 1024
    console.print(f"Wrote {target} ({size:.1f} MB, {manifest.files} files of recordings).")
    if not here:
        console.print("Recordings are in your object store and not in this file; see to their backup there.")
    typer.echo(str(target))
