"""What is logged of failures: where and of which kind they were, and nobody's words or address."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import logging, smtplib
import psycopg
from twodesks.server import logs

logs.configure({"format": "json"})
try:
    try:
        raise ERROR
    except Exception as error:
        raise RuntimeError(f"The job failed: {error}") from error
except Exception:
    logging.getLogger("work").exception("It failed.")
"""


def logged(error: str) -> dict[str, object]:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("ERROR", error)],
        env=os.environ | {"TWODESKS_PROCESS": "worker"},
        capture_output=True,
        text=True,
        check=True,
    )
    line: dict[str, object] = json.loads(run.stdout)
    return line


@pytest.mark.parametrize(
    "error",
    [
        'smtplib.SMTPRecipientsRefused({"zoe@example.org": (550, b"no zoe@example.org")})',
        'smtplib.SMTPSenderRefused(550, b"no", "zoe@example.org")',
        'psycopg.errors.UniqueViolation("Key (email)=(zoe@example.org) already exists.")',
    ],
)
def test_address_in_an_error_stays_out_of_the_log(error: str) -> None:
    line = logged(error)
    assert line["error"] == "builtins.RuntimeError"
    assert "error_message" not in line
    assert "zoe" not in json.dumps(line)
    assert line["trace"]


def test_other_errors_say_what_was_wrong() -> None:
    assert logged('OSError(28, "No space left on device")')["error_message"] == (
        "The job failed: [Errno 28] No space left on device"
    )
