"""What is like a question, found once for all that is asked of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from twodesks.kit.actor import Actor
from twodesks.language.expertise import by_rank
from twodesks.search.queries import Hit, SearchResult, search
from twodesks.search.queries.statement import Candidate

LONGEST = 2_000
SHORTEST = 3
# A course is somewhere to learn, not an answer.
ANSWERING = ("insight", "conversation", "recording")
EXPERT = ("insight", "conversation")

Source = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like the question a source is, from 0 to 1, by its place among those found; `texts` are what was found."""

    words: float = 0.0
    meaning: float = 0.0
    channel_id: int | None = None
    title: str = ""
    texts: tuple[str, ...] = ()

    @property
    def best(self) -> float:
        return max(self.words, self.meaning)


@dataclass(frozen=True, slots=True)
class Matches:
    """Nothing in it that the actor does not see."""

    text: str
    result: SearchResult
    sources: Mapping[Source, Likeness] = field(default_factory=dict)

    @property
    def hits(self) -> tuple[Hit, ...]:
        return self.result.hits


def find_matches(actor: Actor, text: str, *, limit: int = 4) -> Matches:
    """One search. Nothing is kept of what was typed. Raises `SignInNeeded` for guests."""
    actor.require_member()
    text = " ".join(text[:LONGEST].split())
    if len(text) < SHORTEST:
        return Matches(text, SearchResult(text=text, hits=()))
    result = search(actor, text, limit=limit, kinds=ANSWERING)
    return Matches(text, result, _likenesses(result.candidates))


def _likenesses(candidates: tuple[Candidate, ...]) -> dict[Source, Likeness]:
    places = {name: _places(candidates, name) for name in ("words", "meaning")}
    found: dict[Source, Likeness] = {}
    for one in candidates:
        source = (one.kind, one.source_id)
        if one.kind not in EXPERT:
            continue
        known = found.get(source)
        texts = (*known.texts, one.text) if known else (one.text,)
        found[source] = Likeness(
            words=by_rank(places["words"].get(source)),
            meaning=by_rank(places["meaning"].get(source)),
            channel_id=one.channel_id,
            title=one.title,
            texts=texts,
        )
    return found


def _places(candidates: tuple[Candidate, ...], name: str) -> dict[Source, int]:
    """The place of each source among the sources, by its best passage."""
    ranked = sorted((one for one in candidates if name in one.ranks), key=lambda one: one.ranks[name])
    sources = dict.fromkeys((one.kind, one.source_id) for one in ranked if one.kind in EXPERT)
    return {source: place for place, source in enumerate(sources, 1)}
