"""The work behind search."""

from procrastinate.contrib.django import app

from twodesks.search.operations.catch_up_conversations import catch_up_conversations
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.tidy_index import tidy_index


@app.task(name="search.embed_passages", queue="default", retry=5)
def embed() -> None:
    embed_passages()


@app.task(name="search.catch_up_conversations", queue="default", retry=5, lock="search.catch_up_conversations")
def catch_up() -> None:
    catch_up_conversations()


# A job that was deferred while another ran can find its passages not yet committed; this one finds them.
@app.periodic(cron="* * * * *")
@app.task(name="search.tidy_index", queue="default", queueing_lock="search.tidy_index", lock="search.tidy_index")
def tidy(timestamp: int) -> None:
    tidy_index()
