"""Put right what interruptions and changes of the server can leave behind."""

from twodesks.activity.queue import defer_job
from twodesks.kit.operation import operation
from twodesks.search.models import PassageVector
from twodesks.search.operations.choose_model import remove_retired_models
from twodesks.search.operations.prepare_words_index import prepare_words_index
from twodesks.search.operations.refresh_words_index import refresh_words_index
from twodesks.search.operations.replace_passages import EMBED_JOB


@operation("search.tidy_index")
def tidy_index() -> None:
    """The right index of words, whole after a restart; no retired vectors; a job for passages that wait for one."""
    if prepare_words_index():
        refresh_words_index()
    remove_retired_models()
    if PassageVector.objects.filter(vector=None, model__retired_at=None).exists():
        defer_job(EMBED_JOB, once=EMBED_JOB, lock=EMBED_JOB)
