"""Other files in the place of those that are there, or everything as it was.

What a folder holds is replaced rather than the folder: it may be a link, or a disk of its own, and only within it is a
move certain to be one. The new files are put beside the old ones first, which may take long and may fail.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from twodesks.server.archive import told_when_full

_NEW = ".restoring"
_MOVING = ".before.part"
_OLD = ".before"
_GONE = ".before.gone"
_OURS = (_NEW, _MOVING, _OLD, _GONE)


@contextmanager
def replaced(folders: Mapping[Path, Path]) -> Iterator[None]:
    """For the block, and for good once it has ended well, each place holds the files of the folder given for it."""
    try:
        for place, new in folders.items():
            _put_beside(new, place)
        for place in folders:
            _swap(place)
        yield
    except BaseException:
        for place in folders:
            _put_back(place)
        raise
    for place in folders:
        (place / _OLD).rename(place / _GONE)
        shutil.rmtree(place / _GONE, ignore_errors=True)


def _put_beside(new: Path, place: Path) -> None:
    """Bring the files to the disk of `place`. What an attempt that was killed left there is put right before."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put_back(place)
    new.mkdir(exist_ok=True)
    with told_when_full(place / _NEW):
        shutil.move(new, place / _NEW)


def _swap(place: Path) -> None:
    """Killed at any step, `_put_back` sees by what is there how far it was."""
    (place / _MOVING).mkdir(mode=0o700)
    for file in _held(place):
        file.rename(place / _MOVING / file.name)
    (place / _MOVING).rename(place / _OLD)
    for file in list((place / _NEW).iterdir()):
        file.rename(place / file.name)
    (place / _NEW).rmdir()


def _put_back(place: Path) -> None:
    """As it was before; where nothing had been moved, nothing changes."""
    shutil.rmtree(place / _GONE, ignore_errors=True)
    if (place / _OLD).exists():
        for file in _held(place):
            shutil.rmtree(file) if file.is_dir() and not file.is_symlink() else file.unlink()
        (place / _OLD).rename(place / _MOVING)
    if (place / _MOVING).exists():
        for file in list((place / _MOVING).iterdir()):
            file.rename(place / file.name)
        (place / _MOVING).rmdir()
    shutil.rmtree(place / _NEW, ignore_errors=True)


def _held(place: Path) -> list[Path]:
    return [file for file in place.iterdir() if file.name not in _OURS]
