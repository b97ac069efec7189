"""How active everybody is in the channels that somebody sees."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from django.db import connection

from twodesks.language.expertise import DAY_S, HALF_LIVES_D, LIKE_HALF_LIFE_D, LIKE_LATELY_HALF_LIFE_D, Values

# Who sees the same channels sees the same sums: they are read once for all of them, and again after so many seconds.
HOLDS_FOR_S = 20.0
MOST_HELD = 64

_READ = f"""
SELECT member_id, channel_id,
       now * exp(-least(age_d * {0.693147 / HALF_LIVES_D["now"]:.9f}, 500)),
       lately * exp(-least(age_d * {0.693147 / HALF_LIVES_D["lately"]:.9f}, 500)),
       often * exp(-least(age_d * {0.693147 / HALF_LIVES_D["often"]:.9f}, 500)),
       accepted * exp(-least(age_d * {0.693147 / (LIKE_HALF_LIFE_D / 2):.9f}, 500)),
       alike * exp(-least(age_d * {0.693147 / LIKE_HALF_LIFE_D:.9f}, 500)),
       alike_lately * exp(-least(age_d * {0.693147 / LIKE_LATELY_HALF_LIFE_D:.9f}, 500)),
       answers, extract(epoch FROM clock_timestamp() - last_at)
FROM (SELECT *, extract(epoch FROM clock_timestamp() - as_of)::float8 / 86400 AS age_d FROM routing_activity
      WHERE channel_id = ANY(%s)) AS seen
"""
_SUMS = ("now", "lately", "often", "accepted")


@dataclass(frozen=True, slots=True)
class ActivitySeen:
    """`members` in order; `sums` a row a member. Per channel: its members' places, and what they did there."""

    members: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    sums: dict[str, Values]
    quiet_d: Values
    answers: dict[tuple[int, int], int]
    alike: dict[int, tuple[Values, Values]]


_held: "OrderedDict[tuple[str, tuple[int, ...]], tuple[float, ActivitySeen]]" = OrderedDict()
_lock = threading.Lock()


def activity_in(channel_ids: list[int]) -> ActivitySeen:
    """Of the answers in these channels alone. Shared between callers, so nothing in it may be changed."""
    key = (str(connection.settings_dict["NAME"]), tuple(sorted(channel_ids)))
    now = time.monotonic()
    with _lock:
        held = _held.get(key)
        if held is not None and now - held[0] < HOLDS_FOR_S:
            return held[1]
    found = _read(channel_ids)
    with _lock:
        _held[key] = (now, found)
        while len(_held) > MOST_HELD:
            _held.popitem(last=False)
    return found


def forget_activity() -> None:
    """Read it anew at the next question."""
    with _lock:
        _held.clear()


def _read(channel_ids: list[int]) -> ActivitySeen:
    with connection.cursor() as cursor:
        cursor.execute(_READ, [channel_ids])
        rows = cursor.fetchall()
    table = np.array([[float(value) for value in row] for row in rows], dtype=np.float64).reshape(len(rows), 10)
    members, places = np.unique(table[:, 0].astype(np.int64), return_inverse=True)

    def total(amounts: Values) -> Values:
        return np.bincount(places, weights=amounts, minlength=len(members)).astype(np.float64)

    quiet = np.full(len(members), np.inf)
    np.minimum.at(quiet, places, table[:, 9] / DAY_S)
    sums = {name: total(table[:, 2 + number]) for number, name in enumerate(_SUMS)}
    sums["present"] = np.exp2(-np.maximum(quiet, 0) / HALF_LIVES_D["present"])
    alike: dict[int, tuple[Values, Values]] = {}
    for channel_id in {int(channel) for channel in table[:, 1]}:
        inside = table[:, 1] == channel_id
        alike[channel_id] = (total(np.where(inside, table[:, 6], 0.0)), total(np.where(inside, table[:, 7], 0.0)))
    answers = {(int(row[0]), int(row[1])): int(row[8]) for row in rows}
    return ActivitySeen(members, sums, np.maximum(quiet, 0.0), answers, alike)
