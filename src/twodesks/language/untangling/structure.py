"""What a first guess at all links says about each of them: the conversations they would make, who answered already."""

from dataclasses import dataclass

import numpy as np

from twodesks.language.untangling.block import Block, Events, Floats, Ints, steps
from twodesks.language.untangling.features import FORESEEN, Columns


@dataclass(frozen=True, slots=True)
class Guess:
    """Likelihoods of all pairs from the first networks, ordered by message; a message's pairs begin at `starts`."""

    later: Ints
    earlier: Ints
    likely: Floats
    starts: Ints

    def parents(self, size: int) -> Ints:
        """The likeliest parent of each message of the block; itself where it begins something or nothing is known."""
        parents: Ints = np.arange(size)
        # Ascending by likelihood, so that the likeliest is written last.
        order = np.argsort(self.likely, kind="stable")
        parents[self.later[order]] = self.earlier[order]
        return parents


class Conversations:
    """The conversations that a guess makes."""

    def __init__(self, block: Block, guess: Guess) -> None:
        size = block.size
        self.parents = guess.parents(size)
        self.root = self.parents.copy()
        for place, parent in enumerate(self.parents.tolist()):
            self.root[place] = self.root[parent]
        at = block.positions
        replies = np.flatnonzero(self.parents != at)
        to = self.parents[replies]
        self.said = Events(self.root, at, size)
        self.said_by = Events(self.root * block.stride + block.author, at, size)
        self.replies = Events(to, replies, size)
        self.replies_by = Events(to * block.stride + block.author[replies], replies, size)
        self.named = Events(self.root[block.named_at] * block.stride + block.named_who, block.named_at, size)
        keys = self.root * block.stride + block.author
        _, entered = np.unique(keys, return_index=True)
        self.voices = Events(self.root[entered], entered, size)


def structure_features(block: Block, guess: Guess, shared: tuple[Ints, Ints, Floats], wanted: Ints) -> Floats:
    """One row for each wanted pair of the guess, which has pairs of messages before and after those, too."""
    made = Conversations(block, guess)
    later, earlier = guess.later[wanted], guess.earlier[wanted]
    columns = [
        *(column[wanted] for column in _standing(block, guess, made)),
        *_talk(block, made, later, earlier),
        *_taking_part(block, made, later, earlier),
        *_answers(block, made, later, earlier),
        *_words(block, made, later, earlier, shared),
    ]
    return np.stack(columns, axis=1, dtype=np.float32)


def _standing(block: Block, guess: Guess, made: Conversations) -> Columns:
    """How the pair stands among the message's others, by itself and as part of a conversation."""
    lengths = np.diff(np.append(guess.starts, len(guess.later)))
    group = np.repeat(np.arange(len(guess.starts)), lengths)
    most = np.maximum.reduceat(guess.likely, guess.starts)[group]
    itself = guess.later == guess.earlier
    begins = np.add.reduceat(guess.likely * itself, guess.starts)[group]
    _, talk = np.unique(guess.later * block.size + made.root[guess.earlier], return_inverse=True)
    together = np.bincount(talk, guess.likely)[talk]
    return [
        np.log(np.maximum(guess.likely, 1e-4)) / 3,
        guess.likely,
        guess.likely >= most,
        most,
        begins,
        together,
        np.log(np.maximum(together, 1e-4)) / 3,
        guess.likely / np.maximum(together, 1e-9),
    ]


def _talk(block: Block, made: Conversations, later: Ints, earlier: Ints) -> Columns:
    other = later != earlier
    root = made.root[earlier]
    since = made.said.count(root, earlier + 1, later)
    size = made.said.count(root, np.zeros_like(later), later)
    last = made.said.before(root, later)
    known = other & (last >= 0)
    back = np.where(known, later - last, 0)
    minutes = np.where(known, block.minute[later] - block.minute[last], 0)
    voices = made.voices.count(root, np.zeros_like(later), later)
    columns = [
        since == 0,
        *steps(since, (2, 4, 8)),
        *steps(size, (2, 3, 5, 9, 17)),
        *steps(voices, (2, 3, 4)),
        *steps(back, (2, 5, 12, 30, 60)),
        np.log1p(minutes) / 4,
        block.author[last] == block.author[later],
        block.author[last] == block.author[earlier],
    ]
    return [column * other for column in columns]


def _taking_part(block: Block, made: Conversations, later: Ints, earlier: Ints) -> Columns:
    other = later != earlier
    root, me, them = made.root[earlier], block.author[later], block.author[earlier]
    start = np.zeros_like(later)
    previous = block.spoke.before(me, later)
    mine = made.said_by.count(root * block.stride + me, start, later)
    named = block.addressees[later, 0]
    there = (named >= 0) & (made.said_by.count(root * block.stride + np.maximum(named, 0), start, later) > 0)
    columns = [
        mine > 0,
        mine > 2,
        (previous >= 0) & (made.root[previous] == root),
        (previous >= 0) & (made.root[previous] != root),
        block.author[root] == me,
        block.author[root] == them,
        root == earlier,
        there,
        (named >= 0) & ~there,
        made.named.count(root * block.stride + me, start, later) > 0,
        made.named.count(root * block.stride + me, earlier, later) > 0,
    ]
    return [column * other for column in columns]


def _answers(block: Block, made: Conversations, later: Ints, earlier: Ints) -> Columns:
    other = later != earlier
    me, them = block.author[later], block.author[earlier]
    stop = np.minimum(later + 1 + FORESEEN, block.size)
    so_far = made.replies.count(earlier, earlier + 1, later)
    by_me = made.replies_by.count(earlier * block.stride + me, earlier + 1, later)
    by_them = made.replies_by.count(earlier * block.stride + them, earlier + 1, later)
    columns = [
        so_far > 0,
        so_far > 1,
        by_me > 0,
        by_them > 0,
        made.replies.count(earlier, later + 1, stop) > 0,
        made.replies_by.count(later * block.stride + them, later + 1, stop) > 0,
        made.said_by.count(made.root[earlier] * block.stride + them, later + 1, stop) > 0,
        made.said_by.count(made.root[earlier] * block.stride + me, later + 1, stop) > 0,
    ]
    after = made.replies.count(later, later + 1, stop)
    by_others = after - made.replies_by.count(later * block.stride + me, later + 1, stop)
    return [*(column * other for column in columns), after > 0, by_others > 0, by_others > 1]


def _words(block: Block, made: Conversations, later: Ints, earlier: Ints, shared: tuple[Ints, Ints, Floats]) -> Columns:
    """Words in common with anything of the conversation."""
    keys, place = np.unique(later * block.size + made.root[earlier], return_inverse=True)
    total, most = np.zeros(len(keys)), np.zeros(len(keys))
    wanted = shared[0] * block.size + made.root[shared[1]]
    at = np.minimum(np.searchsorted(keys, wanted), max(0, len(keys) - 1))
    fits = keys[at] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    np.add.at(total, at[fits], shared[2][fits])
    np.maximum.at(most, at[fits], shared[2][fits])
    other = later != earlier
    return [np.log1p(total[place]) / 3 * other, most[place] / 7 * other]
