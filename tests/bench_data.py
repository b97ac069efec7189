"""Real data that tests look for, and skip without: ../shared/data, or where TWODESKS_BENCH_DATA points."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("TWODESKS_BENCH_DATA", Path(__file__).parents[2] / "shared/data"))


def real_data(name: str) -> Path:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"TWODESKS_BENCH_DATA does not point to a folder with {name}")
    return path
