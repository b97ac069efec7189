"""The work behind an import. Each job goes on from what is already done."""

from collections.abc import Callable

import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.fail_import import fail_import
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.operations.revive_imports import revive_imports
from twodesks.imports.operations.run_import import run_import
from twodesks.kit.actor import system
from twodesks.kit.problem import Busy, NotFound

ATTEMPTS = 3
RETRY = RetryStrategy(max_attempts=ATTEMPTS, wait=10)
WENT_WRONG = (
    "Something went wrong on the server, several times over. What is in stays in, and nothing comes twice. Try again, "
    "and if it happens once more, show your administrator the log."
)

log = structlog.get_logger("twodesks.imports")


@app.task(name="imports.look", queue="imports", retry=RETRY, pass_context=True)
def look(context: JobContext, run_id: int) -> None:
    _attempt(context, look_at_import, run_id)


@app.task(name="imports.run", queue="imports", retry=RETRY, pass_context=True)
def run(context: JobContext, run_id: int) -> None:
    _attempt(context, run_import, run_id)


def _attempt(context: JobContext, operation: Callable[..., object], run_id: int) -> None:
    """Run an operation; when a defect has ended the last attempt, end the import with words."""
    try:
        operation(actor=system(), run_id=run_id)
    except Busy:
        log.info("import_is_attended", run=run_id)
    except NotFound:
        log.info("import_was_discarded", run=run_id)
    except Exception:
        if context.job is not None and context.job.attempts >= ATTEMPTS:
            fail_import(actor=system(), run_id=run_id, words=WENT_WRONG)
        raise


# An attempt that finds the run's last batch being written counts for nothing there, and is tried again.
@app.task(name="imports.undo", queue="imports", retry=RetryStrategy(max_attempts=20, wait=5))
def undo(run_id: int) -> None:
    carry_out_undo(actor=system(), run_id=run_id)


@app.periodic(cron="* * * * *")
@app.task(name="imports.attend", queue="default", queueing_lock="imports.attend")
def attend(timestamp: int) -> None:
    revive_imports(actor=system())
