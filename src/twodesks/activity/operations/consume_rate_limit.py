"""Count one try of something that may be done only so often."""

import hashlib

from django.db import connection

from twodesks.kit.operation import operation
from twodesks.kit.problem import TooMany

# One statement, so that tries at the same moment are counted one by one. The bucket refills evenly with time.
_TAKE_ONE = """
INSERT INTO activity_ratebucket AS bucket (key, tokens, filled_at)
VALUES (%(key)s, %(allowed)s - 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET
  tokens = LEAST(
    %(allowed)s,
    bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.filled_at) * %(allowed)s / %(per_seconds)s
  ) - 1,
  filled_at = clock_timestamp()
WHERE LEAST(
    %(allowed)s,
    bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.filled_at) * %(allowed)s / %(per_seconds)s
  ) >= 1
RETURNING tokens
"""


@operation("activity.consume_rate_limit")
def consume_rate_limit(*, key: str, allowed: int, per_seconds: int) -> None:
    """Raise `TooMany` when `key` was used `allowed` times within about `per_seconds`.

    Keys are kept as hashes: they hold addresses of people and machines.
    """
    hashed = hashlib.sha256(key.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_ONE, {"key": hashed, "allowed": float(allowed), "per_seconds": float(per_seconds)})
        if cursor.fetchone() is None:
            wait = max(1, round(per_seconds / allowed))
            raise TooMany(
                f"That was tried a lot just now. Wait {wait} seconds and try again; nothing is lost.",
                retry_after_s=wait,
            )
