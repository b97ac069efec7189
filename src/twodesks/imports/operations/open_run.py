"""The export of a run, opened; and the right to be the only one who works on its source."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twodesks.imports.engine.records import Source, Wishes
from twodesks.imports.engine.sources import open_source
from twodesks.imports.models import ImportRun
from twodesks.kit.problem import Busy
from twodesks.media.queries import upload_on_disk
from twodesks.rows.session_lock import session_lock

_LOCK = 0x1A9
"""The space of our advisory locks; the second number is the source."""


@contextmanager
def opened_source(run: ImportRun) -> Iterator[Source]:
    """Raises `Invalid` or `TooLarge` when the file is gone or cannot be read."""
    if run.upload_id is not None:
        with upload_on_disk(run.upload_id) as path, _source(run.kind, path) as source:
            yield source
    else:
        with _source(run.kind, Path(run.path)) as source:
            yield source


@contextmanager
def _source(kind: str, path: Path) -> Iterator[Source]:
    source = open_source(kind, path)
    try:
        yield source
    finally:
        source.close()


def wishes_of(run: ImportRun) -> Wishes:
    return Wishes(
        channels=None if run.channels is None else frozenset(run.channels),
        bots=run.with_bots,
        direct_messages=run.with_direct_messages,
    )


@contextmanager
def alone_with(source_id: int) -> Iterator[None]:
    """Held by the database connection, so it ends with the process, however that ends. Raises `Busy`."""
    number = source_id % 2**31
    with session_lock(_LOCK, number) as is_ours:
        if not is_ours:
            raise Busy("This export is being brought in just now, perhaps from another window. Watch it there.")
        yield
