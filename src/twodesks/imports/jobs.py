"""The work behind an import. Each job goes on from what is already done."""

import structlog
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from twodesks.imports.operations.carry_out_undo import carry_out_undo
from twodesks.imports.operations.look_at_import import look_at_import
from twodesks.imports.operations.revive_imports import revive_imports
from twodesks.imports.operations.run_import import run_import
from twodesks.kit.actor import system
from twodesks.kit.problem import Busy

RETRY = RetryStrategy(max_attempts=3, wait=10)

log = structlog.get_logger("twodesks.imports")


@app.task(name="imports.look", queue="imports", retry=RETRY)
def look(run_id: int) -> None:
    look_at_import(actor=system(), run_id=run_id)


@app.task(name="imports.run", queue="imports", retry=RETRY)
def run(run_id: int) -> None:
    try:
        run_import(actor=system(), run_id=run_id)
    except Busy:
        log.info("import_is_attended", run=run_id)


@app.task(name="imports.undo", queue="imports", retry=RetryStrategy(max_attempts=20, wait=5))
def undo(run_id: int) -> None:
    carry_out_undo(actor=system(), run_id=run_id)


@app.periodic(cron="* * * * *")
@app.task(name="imports.attend", queue="default", queueing_lock="imports.attend")
def attend(timestamp: int) -> None:
    revive_imports(actor=system())
