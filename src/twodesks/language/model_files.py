"""Models made ready for this processor, kept in the data directory."""

import logging
import subprocess
import sys
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)

# Part of the file's name: a higher number has every installation make its file anew.
FORMAT = 1


def eight_bit_file(source: Path, *, name: str, directory: Path) -> Path:
    """The changed model in the directory, made when it is not there yet; `source` itself if none can be made.

    It is made in a process of its own, so that what making takes (some 100 MB for a moment) is given back.
    """
    target = directory / f"{name}-{FORMAT}.onnx"
    if target.is_file():
        return target
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=directory) as scratch:
            partial = Path(scratch) / target.name
            command = [sys.executable, "-m", "twodesks.language.eight_bit", str(source), str(partial)]
            subprocess.run(command, check=True, capture_output=True, timeout=120)
            partial.replace(target)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error).encode()
        why = said.decode(errors="replace").strip().rsplit("\n", 1)[-1]
        logger.warning("The quicker form of the embedding model could not be made: %s", why)
        return source
    return target
