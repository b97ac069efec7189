"""Backups while people work on, and files that take others' place."""

import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from twodesks.server.archive import Installation, write_backup
from twodesks.server.binaries import find_binaries
from twodesks.server.replaced_folders import replaced

UPLOAD = "0b54a3f2-1111-4222-8333-944445555666"


@pytest.fixture
def installation(postgres_url: str, tmp_path: Path) -> Installation:
    folders = {"media": tmp_path / "media", "uploads": tmp_path / "uploads"}
    for folder in folders.values():
        folder.mkdir()
    return Installation(postgres_url, find_binaries(), folders, "a key", "0")


def backup(kept: Installation, meanwhile: Callable[[], None] = lambda: None) -> dict[str, bytes]:
    """The files of a backup by name; `meanwhile` happens once, after the first file of it was written."""
    target = kept.folders["media"].parent / "kept.tar"
    waiting = [meanwhile]

    def progress(done: int, total: int) -> None:
        if waiting:
            waiting.pop()()

    write_backup(target, kept, progress)
    with tarfile.open(target) as archive:
        opened = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in opened.items() if file is not None and "/" in name}


def test_recording_that_ends_while_a_backup_is_written_is_in_it(installation: Installation) -> None:
    media, uploads = installation.folders["media"], installation.folders["uploads"]
    (uploads / "00000000.part").write_bytes(b"another")
    (uploads / f"{UPLOAD}.part").write_bytes(b"all of it")

    def end() -> None:
        original = media / "originals" / "2026" / "03" / f"{UPLOAD}.webm"
        original.parent.mkdir(parents=True)
        (uploads / f"{UPLOAD}.part").rename(original)

    assert backup(installation, end) == {
        "uploads/00000000.part": b"another",
        f"uploads/{UPLOAD}.part": b"all of it",  # what the database that was read before speaks of
        f"media/originals/2026/03/{UPLOAD}.webm": b"all of it",
    }


def test_what_is_discarded_or_only_worked_with_is_left_out(installation: Installation) -> None:
    uploads = installation.folders["uploads"]
    (uploads / "scratch" / "tmp1").mkdir(parents=True)
    (uploads / "scratch" / "tmp1" / "film.mp4").write_bytes(b"half rendered")
    (uploads / "00000000.part").write_bytes(b"another")
    (uploads / f"{UPLOAD}.part").write_bytes(b"thrown away")
    assert backup(installation, (uploads / f"{UPLOAD}.part").unlink) == {"uploads/00000000.part": b"another"}


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder from which and to which nothing can be renamed."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or os.stat(shared).st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("there is one disk only")
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        yield Path(folder)


def fill(folder: Path, **files: str) -> Path:
    (folder / "deep").mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
        (folder / "deep" / name).write_text(text)
    return folder


def read(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def held(**files: str) -> dict[str, str]:
    return files | {f"deep/{name}": text for name, text in files.items()}


def test_files_come_to_the_disk_where_others_were(tmp_path: Path, other_disk: Path) -> None:
    place = fill(other_disk / "media", a="old", b="old")
    link = tmp_path / "media"
    link.symlink_to(place)
    with replaced({link: fill(tmp_path / "new", a="new"), tmp_path / "uploads": tmp_path / "nothing"}):
        assert read(place)["a"] == "new"
    assert link.is_symlink()
    assert read(place) == held(a="new")
    assert read(tmp_path / "uploads") == {}
    assert {file.name for file in place.iterdir()} == {"a", "deep"}


def test_what_fails_puts_everything_back(tmp_path: Path) -> None:
    media, uploads = fill(tmp_path / "media", a="old"), fill(tmp_path / "uploads", c="old")
    new = {media: fill(tmp_path / "new", b="new"), uploads: fill(tmp_path / "other", c="new")}
    with pytest.raises(ValueError, match="no database"), replaced(new):
        raise ValueError("no database")
    assert read(media) == held(a="old")
    assert read(uploads) == held(c="old")


@pytest.mark.parametrize("step", range(14))
def test_killed_at_any_step_the_next_attempt_puts_it_right(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, before = fill(tmp_path / "media", a="old", b="old"), held(a="old", b="old")
    moves, rename = iter(range(99)), Path.rename

    def dying(file: Path, target: Path) -> Path:
        if next(moves) >= step:
            raise KeyboardInterrupt  # and every move after it, as when the process is gone
        return rename(file, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", dying)
        patched.setattr(shutil, "move", lambda new, target: shutil.copytree(new, target))
        try:
            with replaced({place: fill(tmp_path / "new", b="new", c="new")}):
                pass
        except KeyboardInterrupt:
            pass
    shutil.rmtree(tmp_path / "new", ignore_errors=True)
    with pytest.raises(ValueError, match="seen"), replaced({place: fill(tmp_path / "new", d="newest")}):
        raise ValueError("seen")
    assert read(place) in (before, held(b="new", c="new"))
    with replaced({place: fill(tmp_path / "again", d="newest")}):
        pass
    assert read(place) == held(d="newest")
