"""What is found, and how it is shown."""

import pytest

from tests.cast import Cast, acting
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.queries import search


@pytest.mark.django_db
def test_an_insight_is_found_by_code_by_meaning_and_by_folded_words(cast: Cast) -> None:
    actor = acting(cast.bob)
    channel = create_channel(actor=actor, name="Ops", purpose="")
    for title, body in (
        ("Rotate the keys of the vault", "Run `vault rotate --all` when ERR_42 shows up, then restart the pods."),
        ("Espresso machine", "Descale it every week. Le café est prêt."),
    ):
        draft = start_insight(actor=actor, title=title, body=body)
        publish_insight(
            actor=actor, insight_id=draft.insight_id, title=title, body=body, channel_id=channel.pk, topics=["ops"]
        )
    embed_passages()
    for question, title in (
        ("err_42", "Rotate the keys of the vault"),
        ("how to change secrets", "Rotate the keys of the vault"),
        ("CAFE", "Espresso machine"),
        ("espreso", "Espresso machine"),
    ):
        assert search(acting(cast.alice), question).hits[0].title == title, question
