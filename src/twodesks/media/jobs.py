from procrastinate.contrib.django import app

from twodesks.kit.actor import system
from twodesks.media.operations.expire_uploads import expire_uploads


@app.periodic(cron="23 * * * *")
@app.task(name="media.expire_uploads", queue="default", queueing_lock="media.expire_uploads")
def expire(timestamp: int) -> None:
    expire_uploads(actor=system())
