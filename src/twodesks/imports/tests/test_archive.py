"""Archives that are broken, dangerous or merely odd."""

import io
import os
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from twodesks.imports.engine.archive import MAX_FILES, open_archive, read_text
from twodesks.imports.engine.slack import SlackExport
from twodesks.imports.engine.sources import open_source
from twodesks.imports.tests.exports import THREAD, as_folder, as_zip, slack_files
from twodesks.imports.tests.reading import read_all
from twodesks.kit.problem import Invalid, Problem, TooLarge

DAY = {"general/2024-05-01.json": THREAD}


def test_zip_with_a_folder_around_reads_as_the_folder_does(tmp_path: Path) -> None:
    files = slack_files(DAY)
    packed = as_zip({f"our export/{name}": content for name, content in files.items()}, tmp_path / "e.zip")
    folder = as_folder(files, tmp_path / "folder")
    assert read_all("slack", packed).texts == read_all("slack", folder).texts
    assert len(read_all("slack", packed).messages) == 3


def test_what_macos_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    junk = {"__MACOSX/general/._2024-05-01.json": b"\0\1", ".DS_Store": b"\0"}
    told = read_all("slack", as_zip(slack_files(DAY) | junk, tmp_path / "e.zip"))
    assert len(told.messages) == 3
    assert not told.left.counts


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "general/../../x.json", "C:\\x.json", "..\\x.json"]
)
def test_path_that_leads_out_refuses_the_whole_zip(tmp_path: Path, name: str) -> None:
    path = as_zip(slack_files(DAY) | {name: b"[]"}, tmp_path / "e.zip")
    with pytest.raises(Invalid, match="leads out of it"):
        open_archive(path)


def test_link_in_a_zip_refuses_it(tmp_path: Path) -> None:
    path = as_zip(slack_files(DAY), tmp_path / "e.zip")
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("general/2024-05-02.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(Invalid, match="holds a link"):
        open_archive(path)


def test_zip_bomb_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("channels.json", "[]")
        with archive.open("general/2024-05-01.json", "w") as file:
            for _ in range(80):
                file.write(b"\0" * (1 << 20))
    with pytest.raises(TooLarge, match="ZIP bomb"):
        open_archive(path)


def test_parts_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    """The other kind of bomb: many names for the same bytes (Fifield 2019)."""
    path = tmp_path / "overlap.zip"
    content = os.urandom(50_000)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("channels.json", content)
        first = archive.infolist()[0]
        for number in range(20):
            twin = zipfile.ZipInfo(f"general/{number}.json")
            twin.header_offset, twin.CRC = first.header_offset, first.CRC
            twin.file_size, twin.compress_size = first.file_size, first.compress_size
            archive.filelist.append(twin)
            archive.NameToInfo[twin.filename] = twin
    with pytest.raises(TooLarge, match="lie over each other"):
        open_archive(path)


def test_half_a_million_files_are_refused_without_reading_their_directory(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    directory = b"PK\x01\x02" + b"\0" * 42
    count = 500_000
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    end_64 = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, count * 46, 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(directory), 1)
    path.write_bytes(b"PK\x03\x04" + directory + end_64 + locator + end)
    with pytest.raises(TooLarge, match=f"holds 500,000 files; {MAX_FILES:,}"):
        open_archive(path)


def test_zip_cut_short_says_so(tmp_path: Path) -> None:
    path = as_zip(slack_files(DAY), tmp_path / "e.zip")
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(Invalid, match="cut short"):
        open_archive(path)


def test_damaged_file_inside_is_named_and_the_rest_comes(tmp_path: Path) -> None:
    days = {
        **DAY,
        "general/2024-05-02.json": [{"type": "message", "user": "U1", "text": "x" * 4000, "ts": "1714640400.1"}],
    }
    path = as_zip(slack_files(days), tmp_path / "e.zip")
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("general/2024-05-02.json").header_offset
    raw[at + 70] ^= 0xFF
    path.write_bytes(raw)
    told = read_all("slack", path)
    assert len(told.messages) == 3
    assert "2024-05-02.json in this export is broken" in str(told.left.examples)


def test_locked_zip_says_so(tmp_path: Path) -> None:
    path = as_zip(slack_files(DAY), tmp_path / "e.zip")
    raw = bytearray(path.read_bytes())
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 8] |= 1
        at = raw.find(b"PK\x01\x02", at + 4)
    path.write_bytes(raw)
    with pytest.raises(Invalid, match="password"):
        open_archive(path)


def test_name_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = as_zip(slack_files(DAY), tmp_path / "e.zip")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("users.json", "[]")
    with pytest.raises(Invalid, match="twice"):
        open_archive(path)


def test_link_in_a_folder_is_not_followed_and_counted(tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('[{"type": "message", "user": "U1", "text": "secret", "ts": "1714554000.1"}]')
    folder = as_folder(slack_files(DAY), tmp_path / "folder")
    (folder / "general" / "2024-05-02.json").symlink_to(secret)
    told = read_all("slack", folder)
    assert not any("secret" in text for text in told.texts)
    assert "general/2024-05-02.json" in str(told.left.examples)


def test_tar_that_leads_out_or_links_is_refused(tmp_path: Path) -> None:
    for number, entry in enumerate((tarfile.TarInfo("../realm.json"), tarfile.TarInfo("realm.json"))):
        if number:
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        path = tmp_path / f"{number}.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            archive.addfile(entry, io.BytesIO())
        with pytest.raises(Invalid):
            open_archive(path)


def test_tar_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo("realm.json")
        entry.size = 80 << 20
        archive.addfile(entry, io.BytesIO(b"\0" * entry.size))
    with pytest.raises(TooLarge, match="bomb"):
        open_archive(path)


def test_something_else_entirely_is_named_as_such(tmp_path: Path) -> None:
    other = tmp_path / "photo.zip"
    other.write_bytes(b"\xff\xd8\xff\xe0 a photo")
    for path in (other, tmp_path / "not there", as_zip({"x.txt": b"x"}, tmp_path / "x.zip")):
        with pytest.raises(Problem, match=r"not such an export|nothing at"):
            open_source("slack", path)
    with pytest.raises(Invalid, match="no way to read"):
        open_source("myspace", other)


def test_file_that_claims_to_be_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twodesks.imports.engine.archive.MAX_TEXT_BYTES", 100)
    archive = open_archive(as_folder({"channels.json": b"[" + b" " * 200 + b"]"}, tmp_path / "f"))
    with pytest.raises(TooLarge, match="never that long"):
        read_text(archive, "channels.json")
    with pytest.raises(TooLarge):
        SlackExport(archive)
