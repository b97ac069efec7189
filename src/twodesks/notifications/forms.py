"""What people choose about being told, checked for shape; the operation checks for sense."""

from collections.abc import Mapping
from dataclasses import dataclass

from twodesks.notifications.engine.kinds import BY_CHANNEL, KINDS

NONE = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    hows: dict[tuple[str, int | None], str]
    digest_hour: int | None
    quiet: tuple[int, int] | None


def read_channel_choices(posted: Mapping[str, str], channel_id: int) -> dict[tuple[str, int | None], str]:
    """`how-KIND` for one channel; what is not sent is left."""
    return {(kind.name, channel_id): posted[f"how-{kind.name}"] for kind in KINDS if f"how-{kind.name}" in posted}


def read_choices(posted: Mapping[str, str], channel_ids: list[int]) -> Chosen:
    """`how-KIND` and `how-KIND-CHANNEL`, `digest_hour`, `quiet_from` and `quiet_until`; what is not sent is left."""
    hows: dict[tuple[str, int | None], str] = {}
    for kind in KINDS:
        if f"how-{kind.name}" in posted:
            hows[kind.name, None] = posted[f"how-{kind.name}"]
    for kind in BY_CHANNEL:
        for channel_id in channel_ids:
            if f"how-{kind.name}-{channel_id}" in posted:
                hows[kind.name, channel_id] = posted[f"how-{kind.name}-{channel_id}"]
    quiet_from, quiet_until = _hour(posted.get("quiet_from", NONE)), _hour(posted.get("quiet_until", NONE))
    quiet = None if quiet_from is None or quiet_until is None else (quiet_from, quiet_until)
    return Chosen(hows, _hour(posted.get("digest_hour", NONE)), quiet)


def _hour(text: str) -> int | None:
    """An hour, None for none, and -1, which no operation takes, for what is not a number."""
    text = text.strip()
    if text == NONE:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else -1
