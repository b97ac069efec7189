"""The work behind routing."""

from procrastinate.contrib.django import app

from twodesks.routing.operations.weigh_everything import weigh_everything


@app.task(name="routing.weigh_everything", queue="default", retry=3, lock="routing.weigh_everything")
def weigh() -> None:
    weigh_everything()


@app.periodic(cron="40 3 * * *")
@app.task(name="routing.weigh_nightly", queue="default", lock="routing.weigh_everything")
def weigh_nightly(timestamp: int) -> None:
    weigh_everything()
