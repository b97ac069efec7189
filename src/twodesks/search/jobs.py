"""The work behind search."""

from procrastinate.contrib.django import app

from twodesks.search.operations.catch_up_conversations import catch_up_conversations
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_conversations import index_conversations
from twodesks.search.operations.tidy_index import tidy_index

TAKEN_IN_AT_ONCE = 200


@app.task(name="search.embed_passages", queue="default", retry=5)
def embed() -> None:
    embed_passages()


@app.task(name="search.catch_up_conversations", queue="default", retry=5, lock="search.catch_up_conversations")
def catch_up() -> None:
    catch_up_conversations()


# Conversations from before, to which an import has added: a place of its own, for they may be many.
@app.task(name="search.index_taken_in", queue="imports", retry=5)
def index_taken_in(conversation_ids: list[int]) -> None:
    for start in range(0, len(conversation_ids), TAKEN_IN_AT_ONCE):
        index_conversations(conversation_ids=conversation_ids[start : start + TAKEN_IN_AT_ONCE])


# A job that was deferred while another ran can find its passages not yet committed; this one finds them.
@app.periodic(cron="* * * * *")
@app.task(name="search.tidy_index", queue="default", queueing_lock="search.tidy_index", lock="search.tidy_index")
def tidy(timestamp: int) -> None:
    tidy_index()
