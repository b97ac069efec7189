from procrastinate.contrib.django import app

from twodesks.activity.operations.dispatch_statement import dispatch_statement
from twodesks.activity.operations.forget_live_events import forget_live_events


@app.task(name="activity.dispatch", queue="default", retry=5)
def dispatch(statement_id: int) -> None:
    dispatch_statement(statement_id=statement_id)


@app.periodic(cron="7 * * * *")
@app.task(name="activity.forget_live_events", queue="default", queueing_lock="activity.forget_live_events")
def forget(timestamp: int) -> None:
    forget_live_events()
