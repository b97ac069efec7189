"""Loaded by pytest before anything reads the settings: tests never touch a real data directory."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="twodesks-test-"))
DATA.chmod(0o711)  # PostgreSQL's account must be able to pass through when root runs the tests
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

GIVEN_DATABASE = os.environ.pop("TWODESKS_TEST_POSTGRES", "") or os.environ.pop("DATABASE_URL", "")

for name in [name for name in os.environ if name.startswith("TWODESKS_")]:
    if name not in ("TWODESKS_POSTGRES_BIN", "TWODESKS_POSTGRES_USER", "TWODESKS_BENCH_DATA"):
        del os.environ[name]
os.environ["TWODESKS_DATA"] = str(DATA / "data")
os.environ["SECRET_KEY"] = "only-for-tests-" + "0" * 40
