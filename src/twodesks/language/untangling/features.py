"""What speaks for and against one message replying to another, as numbers.

The ideas are those of Kummerfeld et al. (ACL 2019, appendix) and Elsner and Charniak (2008): distance, turns between
two people, who names whom, words in common; with what follows a message as far as it is known.
"""

import numpy as np

from twodesks.language.untangling.block import Block, Bools, Floats, Ints, steps
from twodesks.language.untangling.reading import COMMAND, QUESTION, ROBOT

Columns = list[np.ndarray]

_DISTANCES = (2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60)
_MINUTES = (1, 2, 3, 5, 8, 13, 20, 40, 90, 360, 1440)
_LATELY = 60
_SOON = 20
# So far back and ahead a message's features look, in messages.
REMEMBERED = 400
FORESEEN = 2 * _SOON


def message_features(block: Block) -> Floats:
    """One row a message: its shape and its surroundings."""
    at, author = block.positions, block.author
    previous = block.spoke.before(author, at)
    following = block.spoke.after(author, at + 1)
    columns: Columns = [*block.shape.T]
    columns += _own_past(block, previous)
    columns += _pace(block)
    naming = block.naming
    marked = (block.named == 2).any(axis=1)
    columns += [naming > 0, naming > 1, marked]
    far = block.size
    ahead = np.where(following >= 0, following - at, far)
    columns += [ahead == 1, ahead <= 3, ahead <= 10, ahead <= 30]
    columns += [
        _named_between(block, author, at + 1, at + 1 + FORESEEN) > 0,
        _named_between(block, author, at + 1, at + 1 + _SOON) > 0,
    ]
    columns += [np.minimum(block.size - 1 - at, _SOON) / _SOON]
    since = np.maximum(previous, at - _LATELY)
    columns += steps(_named_between(block, author, since + 1, at), (1, 2))
    columns += [block.joins.count(author, at - _SOON, at) > 0]
    return np.stack(columns, axis=1, dtype=np.float32)


def _own_past(block: Block, previous: Ints) -> Columns:
    at = block.positions
    known = (previous >= 0) & (at - previous <= REMEMBERED)
    back = np.where(known, at - previous, 10_000)
    minutes = np.where(known, block.minute - block.minute[previous], 10_000.0)
    lately = block.spoke.count(block.author, np.maximum(at - 100, 0), at)
    asked = known & (block.shape[previous, QUESTION] > 0)
    return [
        known,
        *(back <= most for most in (1, 2, 4, 8, 16, 32, 64, 128)),
        *(minutes < most for most in (1, 2, 4, 8, 20, 60)),
        *steps(lately, (1, 3, 6, 12)),
        asked & (back < _LATELY),
        known & (block.naming[previous] > 0) & (back < _LATELY),
    ]


def _pace(block: Block) -> Columns:
    """How lively the channel is: minutes a message, silence before, voices lately."""
    at = block.positions
    earlier = np.maximum(at - 40, 0)
    pace = (block.minute - block.minute[earlier]) / np.maximum(at - earlier, 1)
    silence = block.silence
    previous = block.spoke.before(block.author, at)
    voices = np.zeros(block.size)
    for back in range(30):
        # A voice counts at its first message within the last thirty.
        place = at - back
        voices += (place >= 0) & (previous[np.maximum(place, 0)] < at - 29)
    speaker = block.author[at - 1]
    return [
        np.log1p(pace * 4),
        *steps(silence, (1, 2, 4, 10, 60)),
        np.log1p(np.minimum(silence / (pace + 0.05), 100)),
        np.log1p(silence) / 4,
        np.log1p(silence / (block.usual_silence + 0.25)) / 4,
        np.log1p(block.usual_silence) / 4,
        voices / 15,
        np.where(at > 0, block.notice[at - 1], False),
        np.where(at > 0, speaker == block.author, False),
    ]


def _named_between(block: Block, who: Ints, start: Ints, stop: Ints) -> Ints:
    return block.was_named.count(who, start, stop)


def pair_features(block: Block, later: Ints, earlier: Ints, shared: tuple[Ints, Ints, Floats]) -> Floats:
    """One row a pair. A message with itself says only that."""
    itself = later == earlier
    columns = [itself.astype(np.float32)]
    rest = [*_distance(block, later, earlier), *_turns(block, later, earlier), *_naming(block, later, earlier)]
    rest += [*_ahead(block, later, earlier), *_words(block, later, earlier, shared), *_kinds(block, later, earlier)]
    other = ~itself
    columns += [column * other for column in rest]
    return np.stack(columns, axis=1, dtype=np.float32)


def _distance(block: Block, later: Ints, earlier: Ints) -> Columns:
    distance = later - earlier
    minutes = block.minute[later] - block.minute[earlier]
    reach = np.maximum(later - 40, 0)
    pace = (block.minute[later] - block.minute[reach]) / np.maximum(later - reach, 1)
    quiet = block.notice.cumsum()
    usual, longest = block.usual_silence[later], block.longest_silence(earlier, later)
    spoken = distance - (quiet[later - 1] - quiet[earlier])
    return [
        *steps(distance, _DISTANCES),
        np.log(np.maximum(distance, 1)) / 4,
        spoken <= 1,
        spoken <= 2,
        spoken <= 4,
        *steps(minutes, _MINUTES),
        np.log1p(minutes) / 4,
        np.log1p(minutes / (pace + 0.05)) / 4,
        np.log1p(minutes / (usual + 0.25)) / 4,
        np.log1p(longest) / 4,
        np.log1p(longest / (usual + 0.25)) / 4,
        *steps(longest, (5, 20, 60, 360)),
    ]


def _turns(block: Block, later: Ints, earlier: Ints) -> Columns:
    me, other = block.author[later], block.author[earlier]
    same = me == other
    mine = block.spoke.count(me, earlier + 1, later)
    theirs = block.spoke.count(other, earlier + 1, later)
    # What the other said in one go: nobody else between this and their next.
    run_on = (earlier + 1 < block.size) & (block.author[np.minimum(earlier + 1, block.size - 1)] == other)
    before = (earlier > 0) & (block.author[earlier - 1] == other)
    return [
        same,
        same & (mine == 0),
        same & (mine == 1),
        ~same & (mine == 0),
        ~same & (mine == 1),
        ~same & (mine == 2),
        ~same & (mine > 4),
        ~same & (theirs == 0),
        ~same & (theirs == 1),
        ~same & (theirs == 2),
        ~same & (theirs > 4),
        run_on & (later > earlier + 1),
        before,
    ]


def _naming(block: Block, later: Ints, earlier: Ints) -> Columns:
    me, other = block.author[later], block.author[earlier]
    same = me == other
    named = block.named
    to_them, to_me = named[later, other], named[earlier, me]
    names, theirs = block.naming[later] > 0, block.naming[earlier] > 0
    forth, back = block.pair(me, other), block.pair(other, me)
    start = np.maximum(later - 100, 0)
    forth_before = block.addressed.count(forth, start, earlier + 1)
    forth_between = block.addressed.count(forth, earlier + 1, later)
    back_before = block.addressed.count(back, start, earlier)
    back_between = block.addressed.count(back, earlier + 1, later)
    to_other = block.was_named.count(other, earlier + 1, later) - forth_between
    previous, last_to = _partners(block)
    same_name = _common_name(block, later, earlier)
    partner = previous[later]
    return [
        to_them == 2,
        to_them > 0,
        names & ~(to_them > 0) & ~same,
        names & ~(to_them > 0) & same,
        to_me == 2,
        to_me > 0,
        theirs & ~(to_me > 0) & ~same,
        theirs & same,
        same_name,
        same_name & same,
        (to_them > 0) & (block.spoke.count(other, earlier + 1, later) == 0),
        (to_me > 0) & (back_between == 0),
        *steps(forth_before, (1, 3)),
        *steps(forth_between, (1, 2)),
        *steps(back_before, (1, 3)),
        *steps(back_between, (1, 2)),
        *steps(to_other, (1, 2, 4)),
        ~names & (partner == other) & ~same,
        ~names & (partner >= 0) & (partner != other) & ~same,
        last_to[earlier] == me,
        ~same & (forth_before + back_before + forth_between + back_between == 0),
    ]


def _partners(block: Block) -> tuple[Ints, Ints]:
    """Per message: whom its author last named before it, and whom by now; -1 without."""
    by_now, before = np.full(block.size, -1), np.full(block.size, -1)
    latest: dict[int, int] = {}
    named = block.addressees[:, 0].tolist()
    for at, (author, who) in enumerate(zip(block.author.tolist(), named, strict=True)):
        before[at] = latest.get(author, -1)
        if who >= 0:
            latest[author] = who
        by_now[at] = latest.get(author, -1)
    return before, by_now


def _common_name(block: Block, later: Ints, earlier: Ints) -> Bools:
    ours, theirs = block.addressees[later], block.addressees[earlier]
    same = (ours[:, :, None] == theirs[:, None, :]) & (ours >= 0)[:, :, None]
    common: Bools = same.any(axis=(1, 2))
    return common


def _ahead(block: Block, later: Ints, earlier: Ints) -> Columns:
    """What comes after the later message: do the two go on with each other?"""
    me, other = block.author[later], block.author[earlier]
    same = me == other
    stop = np.minimum(later + 1 + _SOON, block.size)
    following = block.spoke.after(other, later + 1)
    answered = (following >= 0) & (following < stop) & (block.named[following, me] > 0)
    elsewhere = (following >= 0) & (following < stop) & (block.naming[following] > 0) & ~answered
    mine = block.spoke.after(me, later + 1)
    to_them = (mine >= 0) & (mine < stop) & (block.named[mine, other] > 0)
    to_others = (mine >= 0) & (mine < stop) & (block.naming[mine] > 0) & ~to_them
    forth = block.addressed.count(block.pair(me, other), later + 1, stop)
    back = block.addressed.count(block.pair(other, me), later + 1, stop)
    return [
        ~same & answered,
        ~same & elsewhere,
        ~same & to_them,
        ~same & to_others,
        ~same & (forth > 0),
        ~same & (back > 0),
        ~same & (following >= 0) & (following <= later + 3),
    ]


def _words(block: Block, later: Ints, earlier: Ints, shared: tuple[Ints, Ints, Floats]) -> Columns:
    total, most, count = np.zeros(len(later)), np.zeros(len(later)), np.zeros(len(later))
    keys = later * block.size + (block.size - 1 - earlier)
    wanted = shared[0] * block.size + (block.size - 1 - shared[1])
    at = np.searchsorted(keys, wanted)
    at[at >= len(keys)] = 0
    fits = keys[at] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    at, weights = at[fits], shared[2][fits]
    np.add.at(total, at, weights)
    np.maximum.at(most, at, weights)
    np.add.at(count, at, 1)
    return [*steps(count, (1, 2, 3)), total / 10, most / 7, *steps(most, (3, 5, 6.5)), *steps(total, (9, 15))]


def _kinds(block: Block, later: Ints, earlier: Ints) -> Columns:
    """Few products that a network would need long to find: a command and the robot's answer, a question and a reply."""
    shape = block.shape
    asked, asks = shape[earlier, QUESTION] > 0, shape[later, QUESTION] > 0
    same = block.author[later] == block.author[earlier]
    return [
        (shape[later, ROBOT] > 0) & (shape[earlier, COMMAND] > 0),
        asked & ~asks & ~same,
        asks & ~asked & ~same,
    ]
