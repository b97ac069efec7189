"""Search: one question, everything that answers it and that the actor may see."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from django.db.models import Q, QuerySet

from twodesks.conversations.queries import visible_conversations
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import recording_address
from twodesks.kit.timecode import clock, media_fragment
from twodesks.language.words import stop_words
from twodesks.recordings.queries import visible_recordings
from twodesks.rows.prepared import prepared
from twodesks.search.engine.fusion import LEAST_LIKENESS, WEIGHTS, WEIGHTS_TYPING, fuse, reciprocal
from twodesks.search.engine.marking import Excerpt, coverage, excerpt, sought
from twodesks.search.engine.words import fold, query_words
from twodesks.search.models import Passage
from twodesks.search.queries.engines import WordsEngine, engines, question_vector
from twodesks.search.queries.keepers import Keeper, insights_of_recordings
from twodesks.search.queries.statement import Candidate, Question, find_candidates
from twodesks.search.queries.terms import bounded_words

KINDS: tuple[str, ...] = tuple(kind.value for kind in Passage.Kind)
MOST_MOMENTS = 3
MOST_COMPARED = 12
# Questions of so few words may be a name or a title that was mistyped.
FEW_WORDS = 3
MOST_LETTERS = 60
WORDS_IN_FRAGMENT = 6
# Of a conversation, the answer that was accepted is the better place to open than another reply that has the words.
PLACES: Mapping[str, float] = {"Accepted answer": 2.0, "Question": 0.8}

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Moment:
    """One place in what was found: a paragraph, a second, a lesson, a message. `part_id` is the lesson or message."""

    place: str
    excerpt: Excerpt
    url: str
    start_ms: int | None = None
    part_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found, with the best places in it, best first. `key` is its imported one, else its id."""

    kind: str
    id: int
    key: str
    title: str
    url: str
    score: float
    channel_id: int | None
    moments: tuple[Moment, ...]
    recording_id: int | None = None

    @property
    def passage(self) -> str:
        return self.moments[0].excerpt.text if self.moments else ""

    @property
    def start_ms(self) -> int | None:
        """Where the player opens, if the best place is a spoken one."""
        return self.moments[0].start_ms if self.moments else None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`counts` are of what the actor sees among the best `POOL` places, by kind; `candidates` are all of those."""

    text: str
    hits: tuple[Hit, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    took_ms: float = 0.0
    by_meaning: bool = False
    candidates: tuple[Candidate, ...] = ()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(slots=True)
class _Found:
    """A source under way to being a hit."""

    kind: str
    id: int
    key: str
    title: str
    channel_id: int | None
    score: float
    candidates: list[Candidate]


def search(
    actor: Actor, text: str, *, limit: int = 10, kinds: Sequence[str] = KINDS, while_typing: bool = False
) -> SearchResult:
    """What answers the question, best first; `while_typing`, titles that begin so come before.

    What was spoken in a recording that an insight was captured from is found as that insight, opened at the second.
    Raises `SignInNeeded` for guests.
    """
    started = time.perf_counter()
    if not actor.is_system:
        actor.require_member()
    wanted = [kind for kind in KINDS if kind in kinds]
    question = read_question(text, while_typing=while_typing)
    if not wanted or question is None:
        return SearchResult(text=text, hits=(), took_ms=_since(started))
    candidates = find_candidates(actor, question, kinds=_kinds_to_look_in(wanted))
    found = _under_insights(actor, by_source(candidates, WEIGHTS_TYPING if while_typing else WEIGHTS), wanted)
    counts = {kind: sum(source.kind == kind for source in found) for kind in wanted}
    stems = sought(text)
    return SearchResult(
        text=text,
        hits=tuple(_hit(source, stems) for source in found[:limit]),
        counts=counts,
        took_ms=_since(started),
        by_meaning=question.vector is not None,
        candidates=tuple(candidates),
    )


def shares_words(text: str, found: str) -> float:
    """Which part of the words of `text` is in what was found, stop words aside; whatever form they have."""
    return coverage(found, sought(text))


def accepted_answers(actor: Actor, conversation_ids: Sequence[int], text: str) -> dict[int, Moment]:
    """Where each of these conversations, as far as it has one and the actor sees it, gives its accepted answer."""
    passages = _accepted(actor, conversation_ids=list(conversation_ids))
    stems = sought(text)
    best: dict[int, tuple[float, Moment]] = {}
    for passage in passages:
        share = coverage(passage.text, stems)
        if passage.source_id not in best or share > best[passage.source_id][0]:
            best[passage.source_id] = (share, _moment(_as_candidate(passage), stems))
    return {source_id: moment for source_id, (_, moment) in best.items()}


@prepared
def _accepted(actor: Actor, conversation_ids: list[int]) -> QuerySet[Passage]:
    seen = visible_conversations(actor).filter(**{"pk__any_of": conversation_ids}).values("pk")
    heard = Q(recording_id=None) | Q(recording_id__in=visible_recordings(actor).values("pk"))
    return Passage.objects.filter(
        heard, kind=Passage.Kind.CONVERSATION, place="Accepted answer", source_id__in=seen
    ).order_by("source_id", "position")


def _as_candidate(passage: Passage) -> Candidate:
    return Candidate(
        passage.pk, passage.kind, passage.source_id, passage.source_key, passage.part_id, passage.title, passage.place,
        passage.text, passage.start_ms, passage.end_ms, json.dumps(passage.marks), passage.channel_id,
        passage.recording_id, {},
    )  # fmt: skip


def read_question(text: str, *, while_typing: bool = False) -> Question | None:
    """The question in the forms that this server's indexes read; None when it has nothing to search for."""
    words = query_words(text)
    if not words:
        return None
    found = engines()
    is_bm25 = found.words is WordsEngine.BM25
    return Question(
        bm25=" ".join(words) if is_bm25 else None,
        bounded=None if is_bm25 else bounded_words(words),
        vector=question_vector(found, text),
        model_id=found.model_id,
        least_likeness=LEAST_LIKENESS.get(found.identifier, -1.0),
        misspelt=_folded(text) if while_typing else _perhaps_misspelt(text),
        begun=_folded(text) if while_typing else None,
    )


def _folded(text: str) -> str:
    return " ".join(fold(text).split())[:MOST_LETTERS]


def _perhaps_misspelt(text: str) -> str | None:
    words = fold(text).split()
    content = [word for word in words if word not in stop_words("en")]
    if not content or len(content) > FEW_WORDS or max(map(len, content)) < 4:
        return None
    return " ".join(content)[:MOST_LETTERS]


def _kinds_to_look_in(wanted: Sequence[str]) -> list[str]:
    """Insights are found by their recordings' words as well."""
    return [
        kind for kind in KINDS if kind in wanted or (kind == Passage.Kind.RECORDING and Passage.Kind.INSIGHT in wanted)
    ]


def by_source(candidates: Iterable[Candidate], weights: Mapping[str, float]) -> list[_Found]:
    """Sources, best first: each list ranks a source by its best passage, then the lists are fused."""
    listed = list(candidates)
    rankings: dict[str, list[Key]] = {}
    for name in ("words", "meaning", "spelling"):
        ranked = sorted((one for one in listed if name in one.ranks), key=lambda one: one.ranks[name])
        rankings[name] = [(one.kind, one.source_id) for one in ranked]
    passages: dict[Key, list[Candidate]] = {}
    for one in sorted(listed, key=lambda one: reciprocal(one.ranks), reverse=True):
        passages.setdefault((one.kind, one.source_id), []).append(one)
    found: list[_Found] = []
    for key, score in fuse(rankings, weights=weights).items():
        best = passages[key][0]
        found.append(_Found(key[0], key[1], best.source_key, best.title, best.channel_id, score, passages[key]))
    return found


def _under_insights(actor: Actor, found: list[_Found], wanted: Sequence[str]) -> list[_Found]:
    """What was said in a recording becomes part of the insight that keeps it, unless recordings alone are wanted."""
    found = _without_what_was_sent(found)
    recordings = {source.id for source in found if source.kind == Passage.Kind.RECORDING}
    if not recordings or Passage.Kind.INSIGHT not in wanted:
        return found
    keepers = insights_of_recordings(actor, recordings)
    merged: dict[Key, _Found] = {}
    for source in found:
        for part in _parts(source, keepers) if source.kind == Passage.Kind.RECORDING else [source]:
            if part.kind not in wanted:
                continue
            known = merged.setdefault((part.kind, part.id), part)
            if known is not part:
                known.score += part.score
                known.candidates.extend(part.candidates)
    return sorted(merged.values(), key=lambda source: -source.score)


def _without_what_was_sent(found: list[_Found]) -> list[_Found]:
    """A voice note that was found in its conversation is not found once more by itself."""
    sent = {
        one.recording_id for source in found if source.kind == Passage.Kind.CONVERSATION for one in source.candidates
    }
    return [source for source in found if source.kind != Passage.Kind.RECORDING or source.id not in sent]


def _parts(source: _Found, keepers: Mapping[int, Sequence[Keeper]]) -> list[_Found]:
    """The passages of a recording by the insight that keeps that second of it; those nobody kept stay its own."""
    parts: dict[Key, _Found] = {}
    for candidate in source.candidates:
        keeper = next((one for one in keepers.get(source.id, ()) if one.keeps(candidate.start_ms)), None)
        if keeper is None:
            part = replace(source, candidates=[])
        else:
            part = _Found(
                Passage.Kind.INSIGHT.value, keeper.insight_id, keeper.key, keeper.title, keeper.channel_id,
                source.score, [],
            )  # fmt: skip
        parts.setdefault((part.kind, part.id), part).candidates.append(candidate)
    return list(parts.values())


def _hit(source: _Found, stems: frozenset[str]) -> Hit:
    # A passage may rank high for its title alone; one that has the words itself is the better place to open.
    ordered = sorted(
        source.candidates[:MOST_COMPARED],
        key=lambda one: reciprocal(one.ranks) * (0.5 + coverage(one.text, stems)) * PLACES.get(one.place, 1.0),
        reverse=True,
    )
    spoken = next((one.source_id for one in ordered if one.kind == Passage.Kind.RECORDING), None)
    return Hit(
        kind=source.kind,
        id=source.id,
        key=source.key,
        title=source.title,
        url=f"/{source.kind}s/{source.id}/",
        score=round(source.score, 6),
        channel_id=source.channel_id,
        moments=tuple(_moment(candidate, stems) for candidate in ordered[:MOST_MOMENTS]),
        recording_id=spoken,
    )


def _moment(candidate: Candidate, stems: frozenset[str]) -> Moment:
    shown = excerpt(candidate.text, stems, marks=json.loads(candidate.marks), start_ms=candidate.start_ms)
    url = f"/{candidate.kind}s/{candidate.source_id}/"
    place = candidate.place
    if shown.start_ms is not None:
        recording_id = candidate.recording_id or candidate.source_id
        url, place = recording_address(recording_id, media_fragment(shown.start_ms)), clock(shown.start_ms)
    elif candidate.kind == Passage.Kind.CONVERSATION:
        # By the message's own address: in a long conversation it is on another page than the newest.
        url = f"/messages/{candidate.part_id}/" if candidate.part_id is not None else url
    elif candidate.part_id is not None:
        url = f"{url}lessons/{candidate.part_id}/"
    elif candidate.kind == Passage.Kind.INSIGHT:
        url += _to_the_words(shown)
    return Moment(place=place, excerpt=shown, url=url, start_ms=shown.start_ms, part_id=candidate.part_id)


def _to_the_words(shown: Excerpt) -> str:
    """A fragment by which browsers scroll to the words and mark them; without it they open the page at its top."""
    marked = next((number for number, part in enumerate(shown.parts) if part.is_marked), None)
    if marked is None:
        return ""
    text = "".join(part.text for part in shown.parts[marked:]).split("\n")[0]
    words = " ".join(text.removesuffix(" …").split(" ")[:WORDS_IN_FRAGMENT]).rstrip(".,;:!?")
    return f"#:~:text={quote(words, safe='').replace('-', '%2D')}"


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
