"""What tells an explanation from chatter, counted over one conversation. Every figure means the same in any tool."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twodesks.language import talk

# A turn of fewer words explains little by itself.
SUBSTANCE = 6


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. `at` in seconds; `reply_to` the place of an earlier turn; `spoken_s` how long a voice note lasts."""

    author: str
    text: str
    at: float = 0.0
    reply_to: int | None = None
    thanks: int = 0
    reactions: int = 0
    accepted: bool = False
    attachments: int = 0
    spoken_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A conversation as read: who asked, who explained, with what, and what came of it. Places are of turns."""

    asker: str
    explainer: str | None
    explaining: tuple[int, ...]
    confirmed: int | None
    thanked: int | None
    has_command: bool
    has_link: bool
    has_steps: bool
    is_asked: bool
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Turn:
    place: int
    author: str
    text: str
    words: int
    is_small: bool
    asks: bool
    commands: int
    links: int
    hows: int
    whys: int

    @property
    def explains(self) -> bool:
        """Long enough, and not only a question back; a voice note or a command counts however few its words."""
        return not self.is_small and (self.commands > 0 or (self.words >= SUBSTANCE and not self.asks))


def read(turns: Sequence[Turn]) -> Reading:
    seen = [_look(place, turn) for place, turn in enumerate(turns)]
    if not seen:
        return Reading("", None, (), None, None, False, False, False, False, dict.fromkeys(FEATURES, 0.0))
    asker = seen[0].author
    explainer = _explainer(seen, turns, asker)
    explaining = tuple(turn.place for turn in seen if turn.author == explainer and turn.explains)
    helping = [turn for turn in seen if turn.author != asker] or seen
    after = [turn for turn in seen if explaining and turn.place > explaining[0] and turn.author != explainer]
    thanked = _first(after, talk.THANKS)
    confirmed = _first(after, talk.CONFIRMS)
    facts = _Facts(seen, turns, asker, explainer, helping, after)
    return Reading(
        asker=asker,
        explainer=explainer,
        explaining=explaining,
        confirmed=confirmed,
        thanked=thanked,
        has_command=any(turn.commands for turn in seen if turn.place in explaining),
        has_link=any(turn.links for turn in seen if turn.place in explaining),
        has_steps=any(talk.STEP.search(turns[place].text) for place in explaining),
        is_asked=any(turn.asks for turn in seen[:3] if turn.author == asker),
        features={name: float(count(facts)) for name, count in FEATURES.items()},
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    seen: Sequence[_Turn]
    turns: Sequence[Turn]
    asker: str
    explainer: str | None
    helping: Sequence[_Turn]
    after: Sequence[_Turn]

    @property
    def explaining(self) -> list[_Turn]:
        return [turn for turn in self.helping if turn.explains]

    @property
    def asking(self) -> list[_Turn]:
        return [turn for turn in self.seen if turn.author == self.asker]

    @property
    def words(self) -> int:
        return sum(turn.words for turn in self.seen) or 1


def _look(place: int, turn: Turn) -> _Turn:
    text = talk.without_address(turn.text)
    code = talk.FENCE.search(text) is not None
    links = len(talk.LINK.findall(text))
    plain = talk.LINK.sub(" ", text)
    commands = len(talk.COMMAND.findall(plain)) + len(talk.CODE.findall(plain)) + 2 * code
    return _Turn(
        place=place,
        author=turn.author,
        text=text,
        # Two and a half words a second is how people speak.
        words=len(talk.words_of(text)) + int(turn.spoken_s * 2.5),
        is_small=talk.is_small_talk(turn.text) and not turn.spoken_s,
        asks="?" in plain[-3:] or (bool(talk.ASKS.match(plain)) and "?" in plain),
        commands=min(commands, 6),
        links=links,
        hows=len(talk.HOW.findall(plain)),
        whys=len(talk.WHY.findall(plain)),
    )


def _explainer(seen: Sequence[_Turn], turns: Sequence[Turn], asker: str) -> str | None:
    """Whose turns carry most; the asker only where nobody else said anything, as when somebody shares."""
    weight: Counter[str] = Counter()
    for turn in seen:
        if turn.explains:
            weight[turn.author] += turn.words + 6 * turn.commands + 30 * turns[turn.place].accepted
    others = {author: count for author, count in weight.items() if author != asker}
    if others:
        return max(others, key=lambda author: (others[author], author))
    return asker if weight and len({turn.author for turn in seen}) <= 2 and not seen[0].asks else None


def _first(after: Sequence[_Turn], pattern: re.Pattern[str]) -> int | None:
    return next((turn.place for turn in after if pattern.search(turn.text)), None)


def _log(count: float) -> float:
    return math.log1p(max(0.0, count))


def _share(count: float, of: float) -> float:
    return count / of if of else 0.0


def _matching(turns: Sequence[_Turn], pattern: re.Pattern[str]) -> int:
    return sum(bool(pattern.search(turn.text)) for turn in turns)


def _trouble(facts: _Facts) -> int:
    return _matching([turn for turn in facts.after if turn.author == facts.asker], talk.TROUBLE)


def _repeats(facts: _Facts) -> int:
    said = Counter(turn.text.strip().casefold() for turn in facts.asking if turn.words >= 4)
    return sum(count - 1 for count in said.values())


def _ends_open(facts: _Facts) -> bool:
    last = [turn for turn in facts.seen if not turn.is_small][-2:]
    return bool(last) and last[-1].author == facts.asker and (last[-1].asks or bool(talk.TROUBLE.search(last[-1].text)))


def _thanks_at(facts: _Facts) -> float:
    """How far into the conversation the last thanks come: at its end they mean more."""
    places = [turn.place for turn in facts.after if talk.THANKS.search(turn.text)]
    if places:
        return (1 + max(places)) / len(facts.seen)
    return 1.0 if any(turn.accepted or turn.thanks for turn in facts.turns) else 0.0


FEATURES: Mapping[str, Callable[["_Facts"], float]] = {
    "words explaining": lambda facts: _log(sum(turn.words for turn in facts.explaining)),
    "longest explanation": lambda facts: _log(max((turn.words for turn in facts.explaining), default=0)),
    "turns explaining": lambda facts: _log(len(facts.explaining)),
    "share explaining": lambda facts: _share(sum(turn.words for turn in facts.explaining), facts.words),
    "one explains": lambda facts: _share(
        sum(turn.words for turn in facts.explaining if turn.author == facts.explainer),
        sum(turn.words for turn in facts.explaining),
    ),
    "commands": lambda facts: _log(sum(turn.commands for turn in facts.helping)),
    "links": lambda facts: _log(sum(turn.links for turn in facts.helping)),
    "mostly links": lambda facts: _share(
        sum(1 for turn in facts.helping if turn.links and turn.words < SUBSTANCE), len(facts.helping)
    ),
    "files": lambda facts: _log(sum(turn.attachments for turn in facts.turns)),
    "how": lambda facts: _log(sum(turn.hows for turn in facts.explaining)),
    "why": lambda facts: _log(sum(turn.whys for turn in facts.explaining)),
    "steps": lambda facts: _log(_matching(facts.explaining, talk.STEP)),
    "numbers": lambda facts: _log(sum(len(talk.NUMBER.findall(turn.text)) for turn in facts.explaining)),
    "asked": lambda facts: any(turn.asks for turn in facts.seen[:3] if turn.author == facts.asker),
    "problem": lambda facts: bool(_matching(facts.asking[:3], talk.PROBLEM)),
    "question words": lambda facts: _log(sum(turn.words for turn in facts.asking[:3])),
    "thanks": lambda facts: bool(_matching(facts.after, talk.THANKS)) or any(turn.thanks for turn in facts.turns),
    "thanks at the end": _thanks_at,
    "confirmed": lambda facts: _log(
        _matching(facts.after, talk.CONFIRMS) + 2 * any(turn.accepted for turn in facts.turns)
    ),
    "trouble": lambda facts: _log(_trouble(facts)),
    "ends open": _ends_open,
    "unsure": lambda facts: _log(_matching(facts.helping, talk.UNSURE)),
    "asks back": lambda facts: _share(sum(turn.asks for turn in facts.helping), len(facts.helping)),
    "small talk": lambda facts: _share(sum(turn.is_small for turn in facts.seen), len(facts.seen)),
    "laughs": lambda facts: _log(_matching(facts.seen, talk.LAUGHS)),
    "organises": lambda facts: _share(_matching(facts.seen, talk.ORGANISES), len(facts.seen)),
    "opinions": lambda facts: _share(_matching(facts.seen, talk.STANCE), len(facts.seen)),
    "repeats": lambda facts: _log(_repeats(facts)),
    "messages": lambda facts: _log(len(facts.seen)),
    "people": lambda facts: _log(len({turn.author for turn in facts.seen})),
    "words a message": lambda facts: _log(facts.words / len(facts.seen)),
    "alone": lambda facts: len({turn.author for turn in facts.seen}) == 1,
}
