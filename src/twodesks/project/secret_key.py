"""The installation's secret key: given by the environment, or made on first run and kept readable by its user alone."""

import os
import secrets
from pathlib import Path


def load_secret_key(given: str, data: Path) -> str:
    """Return `given`, or the key in `data/secret_key`, made with mode 600 when absent."""
    if given:
        return given
    path = data / "secret_key"
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    data.mkdir(parents=True, exist_ok=True)
    key = secrets.token_urlsafe(50)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key)
    return key
