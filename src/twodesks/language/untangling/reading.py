"""What one message shows by itself: its shape, its words, and whom it names."""

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from twodesks.language.untangling.messages import ChatMessage
from twodesks.language.words import rarity, stop_words

MAX_CHARACTERS = 2_000
MAX_WORDS = 48

_WORD = re.compile(r"[^\W_](?:[\w'’+./-]*[^\W_]|\+\+)?")
_URL = re.compile(r"<?\b(?:https?|ftp)://\S+|\bwww\.\S+")
_CODE = re.compile(r"`|\w/\w|[a-z]\.[a-z]{2,4}\b|[a-z0-9]_[a-z0-9]|--?[a-z]{2,}|\b[a-z]+[0-9]+[a-z0-9]*\b|[{}=|\\$]")
_SMILE = re.compile(
    r"[:;=8][-o']?[)(dpo/\\|]|\b(?:lo+l|lmao|rofl|(?:ha|he){2,}h?|xd)\b|:[a-z_]+:|[\U0001f600-\U0001f64f]"
)
_NOTICE = re.compile(
    r"(?:={3}|\*{3}|-!-|-->|<--)|\S*\s*(?:\[[^\]]*@[^\]]*\]|\([^)]*@[^)]*\))?\s*"
    r"(?:has|have)\s+(?:joined|left|quit|parted|renamed|set the|been (?:added|removed|kicked))\b"
    r"|\S*\s*(?:is now known as|sets mode|was kicked|changed the topic)\b"
    r"|\S*\s*(?:joined|left|archived) the (?:channel|group)\b"
    r"|\S*\s*\[[^\]]*@[^\]]*\]\s*(?:has|quit)",
)
_CORRECTION = re.compile(r"^\*+\w|\w\*$|^s/|\bi me(?:an|nt)\b|^(?:oops|correction)\b")
_BOT = re.compile(r"bot(?:$|[^a-z])|^bot")
_FULL = re.compile(r"<[@!]+([^>|]+)(?:\|([^>]*))?>")
_EDGE = "\"'`()[]{}<>*:;,.!?~-=+/\\|&^%$#@"
_AFTER = ":,;>.!?)~-"


# What a message is doing, as its first words or any of its words tell. English; other languages are read by the rest.
_PHRASES = json.loads((Path(__file__).parent / "phrases.json").read_text(encoding="utf-8"))
_OPENING = [(frozenset(group["words"].split()), group["within"]) for group in _PHRASES["opening"].values()]
_ANYWHERE = [frozenset(words.split()) for words in _PHRASES["anywhere"].values()]
_LENGTHS = (1, 2, 4, 7, 11, 17, 28)

# Places in a shape that others look at.
QUESTION = len(_OPENING) + len(_ANYWHERE) + len(_LENGTHS)
COMMAND = QUESTION + 6
ROBOT = QUESTION + 13
SHAPE = QUESTION + 18


@dataclass(slots=True)
class Reading:
    """One message as read. `words` are its content words; `names` what may name people, with how it stands there."""

    shape: np.ndarray
    words: tuple[str, ...]
    names: tuple[tuple[str, int], ...]
    is_notice: bool
    author: str


# How a name stands: in the middle of a sentence, last, first, or marked (`anna:`, `@anna`, `<@U42>`).
INSIDE, LAST, FIRST, MARKED = 0, 1, 2, 3


def read(message: ChatMessage) -> Reading:
    raw = message.text[:MAX_CHARACTERS].strip()
    text = raw.lower().replace("’", "'")
    author = message.author.strip().lower()
    is_notice = author in ("", "===", "***", "-!-", "-->", "<--") or _NOTICE.match(text) is not None
    bare = _URL.sub(" ", text)
    words = _WORD.findall(bare)[:MAX_WORDS]
    names = _names(text)
    marked = {name for name, stands in names if stands == MARKED}
    own = [word for word in words if word not in marked]
    shape = np.array(
        [
            *_doing(own),
            *_marks(raw, text, bare),
            is_notice,
            _BOT.search(author) is not None,
            bool(names) and names[0][1] == MARKED,
            bool(marked),
            min(len(text), 600) / 200,
            text.startswith((">", '"', "“", "<")),
        ],
        dtype=np.float32,
    )
    return Reading(shape, content_words(tuple(words)), names, is_notice, author)


def content_words(words: tuple[str, ...]) -> tuple[str, ...]:
    stops = stop_words("en")
    return tuple(dict.fromkeys(_plain(word) for word in words if len(word) > 2 and word not in stops))


@lru_cache(maxsize=65_536)
def _plain(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


@lru_cache(maxsize=65_536)
def commonness(word: str) -> float:
    """About how many messages in one have this word where nothing is known of the channel: Zipf's law over ranks."""
    return min(0.2, 1.0 / (10 + math.exp(rarity(word) * 10.26)))


def _names(text: str) -> tuple[tuple[str, int], ...]:
    """Every token that could name somebody, cleaned of what stands around it, longest reading first."""
    found: list[tuple[str, int]] = []
    tokens = text.split()[:MAX_WORDS]
    last = len(tokens) - 1
    for place, token in enumerate(tokens):
        if token.startswith("<") and (full := _FULL.match(token)):
            found.extend((name, MARKED) for name in full.groups() if name)
            continue
        marked = token[0] == "@" or (place == 0 and token[-1] in ":,;>" and len(token) > 1)
        if place == 0 and not marked and last > 0 and tokens[1] in (":", ",", "->", "=>"):
            marked = True
        if place == 1 and tokens[0] in ("@", "hi", "hey", "hello", "thanks", "ty", "thx", "|"):
            marked = marked or token[-1] in ":,;" or tokens[0] == "@"
        stands = MARKED if marked else FIRST if place == 0 else LAST if place == last else INSIDE
        found.append((token, stands))
        short = token.rstrip(_AFTER).lstrip("@")
        if short != token and short:
            found.append((short, stands))
        core = token.strip(_EDGE)
        if core not in (token, short) and core:
            found.append((core, stands))
    return tuple(found)


def _doing(words: list[str]) -> list[bool]:
    """What the message is doing, as its words tell, and how long it is."""
    seen = set(words)
    return [
        *(not group.isdisjoint(words[:within]) for group, within in _OPENING),
        *(not group.isdisjoint(seen) for group in _ANYWHERE),
        *(len(words) >= least for least in _LENGTHS),
    ]


def _marks(raw: str, text: str, bare: str) -> list[bool]:
    end = text[-1:]
    return [
        "?" in bare,
        end == "?",
        "??" in text or "!!" in text,
        end == "!",
        end == ".",
        text.endswith(("..", "…", ",")),
        text.startswith("!"),
        "://" in text or "www." in text,
        _CODE.search(bare) is not None,
        _SMILE.search(bare) is not None,
        _CORRECTION.search(text) is not None,
        raw[:1].isupper(),
    ]
