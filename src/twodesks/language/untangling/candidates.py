"""Which earlier messages a message may reply to."""

import numpy as np

from twodesks.language.untangling.block import Block, Bools, Floats, Ints

# So many messages back, everything is looked at; then only what something speaks for.
NEAR = 12
REACH = 80
# Of the author, of those named, and of those who named the author: so many of the last messages, however far.
OWN, THEIRS, TO_AUTHOR = 4, 4, 3


def pairs(block: Block, first: int, last: int, shared: tuple[Ints, Ints, Floats]) -> tuple[Ints, Ints]:
    """(message, candidate) for messages from `first` to before `last`, ordered; the message itself is one."""
    queries = np.arange(first, last)
    later = np.repeat(queries, REACH + 1)
    earlier = later - np.tile(np.arange(REACH + 1), len(queries))
    fits = earlier >= 0
    later, earlier = later[fits], earlier[fits]
    keep = _worth(block, later, earlier)
    found = [_key(block, later[keep], earlier[keep]), *_far(block, queries)]
    words_later, words_earlier, weights = shared
    rare = (words_later >= first) & (words_later < last) & (weights > 4.5)
    found.append(_key(block, words_later[rare], words_earlier[rare]))
    keys = np.unique(np.concatenate(found))
    return keys // block.size, block.size - 1 - keys % block.size


def _key(block: Block, later: Ints, earlier: Ints) -> Ints:
    # The nearest come first, the message itself before all.
    return later * block.size + (block.size - 1 - earlier)


def _worth(block: Block, later: Ints, earlier: Ints) -> Bools:
    distance = later - earlier
    asker, other = block.author[later], block.author[earlier]
    recent = block.spoke.count(other, earlier, later) <= np.where(distance <= 30, 3, 1)
    related = (block.named[later, other] > 0) | (block.named[earlier, asker] > 0) | (asker == other)
    useful = (distance <= NEAR) | recent | (related & (block.spoke.count(other, earlier, later) <= 6))
    worth: Bools = (distance == 0) | (useful & (~block.notice[earlier] | (distance <= 2)))
    return worth


def _far(block: Block, queries: Ints) -> list[Ints]:
    author = block.author[queries]
    inside = (block.named_at >= queries[0]) & (block.named_at <= queries[-1])
    at, who = block.named_at[inside], block.named_who[inside]
    found = [
        *((queries, block.spoke.before(author, queries, back)) for back in range(1, OWN + 1)),
        *((at, block.spoke.before(who, at, back)) for back in range(1, THEIRS + 1)),
        *((queries, block.was_named.before(author, queries, back)) for back in range(1, TO_AUTHOR + 1)),
    ]
    return [_key(block, later[earlier >= 0], earlier[earlier >= 0]) for later, earlier in found]
