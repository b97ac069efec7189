"""Words for texts made by chance: some three thousand, as often as words are in any language (Zipf, 1949)."""

import random
from collections.abc import Sequence
from functools import cache
from itertools import accumulate, product

COMMON = (  # noqa: SIM905 - a list of words reads best as words
    "robot lidar calibration battery deploy lock migration queue zone gripper customer badge motor wheel map scan "
    "residual torque firmware canary rollback replica backup restore aisle picker charger dock encoder planner"
).split()
BEGINNINGS = "ba co de fi gra ho ja ki lo mer no par qui ro sta tro ul ver wa zin".split()  # noqa: SIM905
MIDDLES = "ban cal der fol gin lam mit nor ped ros sul ton vel".split()  # noqa: SIM905
ENDINGS = "a ent er ic in ill dom or ost um us y".split()  # noqa: SIM905


@cache
def words() -> Sequence[str]:
    """Commonest first."""
    made = ["".join(parts) for parts in product(BEGINNINGS, MIDDLES, ENDINGS)]
    random.Random(11).shuffle(made)
    return [*COMMON, *made]


@cache
def _weights() -> Sequence[float]:
    return list(accumulate(1 / (place + 3) for place in range(len(words()))))


def said(chance: random.Random, count: int) -> str:
    """So many words, common ones often."""
    return " ".join(chance.choices(words(), cum_weights=_weights(), k=count))
