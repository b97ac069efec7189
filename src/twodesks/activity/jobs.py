from procrastinate.contrib.django import app

from twodesks.activity.operations.dispatch_statement import dispatch_statement


@app.task(name="activity.dispatch", queue="default", retry=5)
def dispatch(statement_id: int) -> None:
    dispatch_statement(statement_id=statement_id)
