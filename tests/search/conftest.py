"""What the tests of search start from: both indexes of words in turn, and insights in channels of both kinds."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.cast import Cast, acting
from twodesks.channels.models import Channel
from twodesks.channels.operations.add_channel_member import add_channel_member
from twodesks.channels.operations.create_channel import create_channel
from twodesks.insights.models import Insight
from twodesks.insights.operations.publish_insight import publish_insight
from twodesks.insights.operations.start_insight import start_insight
from twodesks.people.models import Member
from twodesks.recordings.models import CaptionTrack, Recording
from twodesks.search.operations.embed_passages import embed_passages
from twodesks.search.operations.index_recordings import index_recordings
from twodesks.search.operations.prepare_words_index import prepare_words_index
from twodesks.search.queries import search
from twodesks.search.queries.engines import forget_engines
from twodesks.search.queries.terms import forget_statistics

SPOKEN = (
    "Hello and welcome.",
    "Today I show how the gripper is greased.",
    "First you take off the four screws of the cover.",
    "The grease goes on the worm wheel, never on the belt.",
    "Then you turn the wheel by hand until it runs freely.",
)


@dataclass
class Shelf:
    """Things to find, made by the operations. Alice, Bob and Carol are in the private channel; Erin is not."""

    cast: Cast
    open: Channel
    private: Channel
    made: list[Insight] = field(default_factory=list)

    def insight(
        self,
        title: str,
        body: str,
        *,
        channel: Channel | None = None,
        recording: Recording | None = None,
        topics: tuple[str, ...] = (),
    ) -> Insight:
        actor = acting(self.cast.bob)
        draft = start_insight(
            actor=actor, title=title, body=body, topics=topics, recording_id=recording.pk if recording else None
        )
        chosen = channel or self.open
        insight = publish_insight(
            actor=actor, insight_id=draft.insight_id, title=title, body=body, topics=topics, channel_id=chosen.pk
        )
        self.made.append(insight)
        return insight

    def recording(self, title: str, *, channel: Channel | None, spoken: tuple[str, ...] = SPOKEN) -> Recording:
        """As the captioning job leaves one behind: a cue every five seconds, from 2:50 on."""
        recording = Recording.objects.create(
            title=title, kind="voice", owner=self.cast.bob, channel=channel, duration_ms=300_000
        )
        cues = [
            {"start_ms": 170_000 + 5_000 * place, "end_ms": 175_000 + 5_000 * place, "text": text}
            for place, text in enumerate(spoken)
        ]
        recording.captions = CaptionTrack.objects.create(recording=recording, kind="captions", version=1, cues=cues)
        recording.save()
        index_recordings(recording_ids=[recording.pk])
        return recording

    def titles(self, member: Member, text: str, **narrowed: object) -> list[str]:
        embed_passages()
        forget_engines()
        forget_statistics()
        return [hit.title for hit in search(acting(member), text, **narrowed).hits]  # type: ignore[arg-type]


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    bob = acting(cast.bob)
    opened = create_channel(actor=bob, name="Field service")
    private = create_channel(actor=bob, name="Skunkworks", visibility="private")
    for member in (cast.alice, cast.carol):
        add_channel_member(actor=bob, channel_id=private.pk, member_id=member.pk)
    return Shelf(cast, opened, private)


Use = Callable[[], None]


@pytest.fixture(params=["bm25", "fulltext"])
def each_engine(request: pytest.FixtureRequest, db: None) -> str:
    """Once with pg_textsearch, when the server has it, and once without."""
    if request.param == "bm25" and not prepare_words_index():
        pytest.skip("this server has no pg_textsearch")
    prepare_words_index(use_bm25=request.param == "bm25")
    forget_engines()
    return str(request.param)


@pytest.fixture(autouse=True)
def _fresh_memory() -> None:
    forget_engines()
    forget_statistics()
