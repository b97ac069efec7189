"""A community told again in order of time: what was known when each question was asked."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bench.communities import Asked, Community, Post
from twodesks.language.answer_history import AnswerHistory
from twodesks.language.embedding import Vectors, load_embedder
from twodesks.language.expertise import Signals

# Beyond its first lines a question says little new about what it is about, and long texts cost ten times as much.
READ_CHARACTERS = 400
CACHE = Path(os.environ.get("TWODESKS_BENCH_CACHE", Path(__file__).parents[1] / ".cache" / "bench"))


def title_twice(question: Asked) -> str:
    return f"{question.title}\n{question.title}\n{question.body}"


def question_vectors(community: Community) -> Vectors:
    """Kept in the cache, since a hundred thousand texts take a quarter of an hour."""
    # Nobody else is served meanwhile: all processors for one call.
    os.environ.setdefault("TWODESKS_EMBEDDING_THREADS", str(os.cpu_count() or 1))
    embedder = load_embedder()
    texts = [f"{question.title}\n{question.body}"[:READ_CHARACTERS] for question in community.questions]
    digest = hashlib.sha256("\0".join([embedder.model_id, *texts]).encode("utf-8", "replace")).hexdigest()[:16]
    kept = CACHE / f"vectors-{digest}.npy"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(kept, embedder.embed(texts, kind="passage"))
    vectors: Vectors = np.load(kept)
    return vectors


def told(
    community: Community, wanted: Callable[[int, Asked], bool]
) -> Iterator[tuple[int, Asked, Signals, AnswerHistory]]:
    """The wanted questions, by their number, each with the signals as of when it was asked.

    The history goes on after each; it must be read before the next is taken. The asker is no candidate.
    """
    vectors = question_vectors(community)
    numbers = {question.id: number for number, question in enumerate(community.questions)}
    history = AnswerHistory(vectors.shape[1])
    for what, at, question, post in _events(community):
        if what == "asked":
            number = numbers[question.id]
            text, vector = title_twice(question), vectors[number]
            if wanted(number, question):
                asker = [question.asker] if question.asker is not None else []
                signals = history.signals(text=text, vector=vector, at=at, topics=question.tags, leave_out=asker)
                yield number, question, signals, history
            history.ask(question.id, text=text, vector=vector, topics=question.tags)
        elif post is not None:
            _tell(history, what, at, question, post)


def _tell(history: AnswerHistory, what: str, at: float, question: Asked, post: Post) -> None:
    if what == "answered" and post.author is not None:
        history.answer(post.id, thread=question.id, member=post.author, at=at, text=post.text)
    elif what == "accepted":
        history.accept(post.id)
    elif what == "thanked":
        history.thank(post.id)


def _events(community: Community) -> list[tuple[str, float, Asked, Post | None]]:
    events: list[tuple[str, float, Asked, Post | None]] = []
    for question in community.questions:
        events.append(("asked", question.at, question, None))
        for answer in question.answers:
            if answer.author is None:
                continue
            at = max(answer.at, question.at)
            events.append(("answered", at, question, answer))
            if answer.accepted_at is not None:
                events.append(("accepted", max(at, answer.accepted_at), question, answer))
            events.extend(("thanked", max(at, voted_at), question, answer) for voted_at in answer.voted_at)
    order = {"asked": 0, "answered": 1, "accepted": 2, "thanked": 3}
    return sorted(events, key=lambda event: (event[1], order[event[0]]))
