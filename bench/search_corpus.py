"""Texts for the search benchmark: real passages, and as many made from them as asked for, always the same ones."""

import html
import json
import random
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

PASSAGE_WORDS = 67
_TAG = re.compile(r"<[^>]+>")
_IRC_LINE = re.compile(r"^\[\d\d:\d\d\] <[^>]+> ")
_SYLLABLES = re.split(
    " ",
    "ba be bi bo bu da de di do fa fe fi ga ge go ka ke ki ko la le li lo lu ma me mi mo na ne ni no pa pe pi po "
    "ra re ri ro sa se si so ta te ti to va ve vi vo za ze zo",
)


@dataclass(frozen=True)
class RetrievalSet:
    """Documents, questions, and for each question the documents that answer it."""

    name: str
    documents: list[str]
    questions: list[str]
    relevant: list[frozenset[int]]


def xquad(data: Path) -> RetrievalSet:
    """Passages of an encyclopaedia and the questions that people wrote for them."""
    source = json.loads((data / "retrieval/xquad.en.json").read_text(encoding="utf-8"))
    documents: list[str] = []
    questions: list[str] = []
    relevant: list[frozenset[int]] = []
    for article in source["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                questions.append(asked["question"])
                relevant.append(frozenset([len(documents)]))
            documents.append(paragraph["context"])
    return RetrievalSet("XQuAD", documents, questions, relevant)


def stack_exchange(data: Path, site: str) -> RetrievalSet:
    """The answers of a site without their questions; a title must find the answers given to it."""
    posts = [row.attrib for row in ET.parse(data / f"stackexchange/{site}/Posts.xml").getroot()]
    documents: list[str] = []
    answers: dict[str, set[int]] = {}
    for post in posts:
        if post["PostTypeId"] == "2":
            answers.setdefault(post["ParentId"], set()).add(len(documents))
            documents.append(_plain(post["Body"]))
    asked = [post for post in posts if post["PostTypeId"] == "1" and post["Id"] in answers]
    return RetrievalSet(
        f"Stack Exchange {site}",
        documents,
        [post["Title"] for post in asked],
        [frozenset(answers[post["Id"]]) for post in asked],
    )


def retrieval_sets(data: Path) -> list[RetrievalSet]:
    return [xquad(data), stack_exchange(data, "bicycles-meta"), stack_exchange(data, "constructed-languages")]


def natural_questions(data: Path) -> list[str]:
    """Real questions of 5 to 12 words, mixed, always in the same order."""
    questions = [question for found in retrieval_sets(data) for question in found.questions]
    chosen = sorted({question for question in questions if 5 <= len(question.split()) <= 12})
    random.Random(12).shuffle(chosen)
    return chosen


def seed_passages(data: Path) -> list[str]:
    """Real text in pieces of about 67 words: encyclopaedia, questions and answers, meetings, chat."""
    texts = [document for found in retrieval_sets(data) for document in found.documents]
    for path in sorted((data / "meetings/qmsum-val").glob("*.json")):
        turns = json.loads(path.read_text(encoding="utf-8"))["meeting_transcripts"]
        texts.append(" ".join(turn["content"] for turn in turns))
    for path in sorted((data / "irc/dev").glob("*.ascii.txt")):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        texts.append(" ".join(_IRC_LINE.sub("", line) for line in lines if _IRC_LINE.match(line)))
    return [piece for text in texts for piece in _pieces(text)]


def made_passages(seeds: Sequence[str], count: int, *, seed: int = 1) -> Iterator[tuple[str, int]]:
    """`count` passages, each with the number of the real one it was made from.

    A third of the words are exchanged for words drawn from all the text, so the distribution of words stays real;
    now and then a name that no dictionary has comes in, so the vocabulary grows with the corpus as it does in life.
    """
    draw = random.Random(seed)
    words = [piece.split() for piece in seeds]
    all_words = [word for piece in words for word in piece]
    for _ in range(count):
        origin = draw.randrange(len(seeds))
        made = [draw.choice(all_words) if draw.random() < 0.33 else word for word in words[origin]]
        if draw.random() < 0.25:
            made[draw.randrange(len(made))] = _invented(draw)
        yield " ".join(made), origin


def _invented(draw: random.Random) -> str:
    # Rank by a power law: a few invented names come often, most once or twice.
    rank = int(60_000 * draw.random() ** 4)
    name = ""
    for _ in range(3):
        rank, place = divmod(rank, len(_SYLLABLES))
        name += _SYLLABLES[place]
    return name.capitalize()


def _pieces(text: str) -> Iterator[str]:
    words = text.split()
    for start in range(0, len(words), PASSAGE_WORDS):
        piece = words[start : start + PASSAGE_WORDS]
        if len(piece) >= PASSAGE_WORDS // 2:
            yield " ".join(piece)


def _plain(body: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", body)).split())
