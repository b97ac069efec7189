"""The first 230 messages of #general in the Slack export of houstondatavis (MIT), grouped into conversations by hand.

One reader grouped them, once, before seeing any output on them; another would differ in places (is a welcome part of
the talk it interrupts?). It is a small sample of one quiet channel: good for seeing what goes wrong, not for decimals.
"""

import json

from bench.irc import DATA
from bench.untangle_metrics import Clusters
from twodesks.language.untangling import ChatMessage

_GROUPS = (
    "0;1;2;3-14,18,19;15;16,17;20,21;22-26,29;27,31;28,30;32-39;40;41-43;44-46;47-50;51;52;53,54,56;55,57;58-72;73,74;"
    "75-77;78,79;80,81;82,84-86;83,87;88-90;91;92,93;94;95;96;97;98-111;112-114;115-119;120-122;123-127;128;129;"
    "130,131,202-204;132-134;135-139;140-142;143-145;146-151;152,153;154-167;168-171;172-179;180-183;184-186;187-189;"
    "190-194,197-200;195,196;201;205-207;208-212;213-218;219-229"
)
_SAID = (None, "file_share", "me_message")


def read_sample() -> tuple[list[ChatMessage], Clusters]:
    """The messages, with their places as ids, and the conversations."""
    groups = [frozenset(number for part in group.split(",") for number in _span(part)) for group in _GROUPS.split(";")]
    count = sum(map(len, groups))
    told = [
        message
        for path in sorted((DATA.parent / "slack-houstondatavis" / "general").glob("*.json"))
        for message in json.loads(path.read_text(encoding="utf-8"))
        if message.get("subtype") in _SAID and message.get("user")
    ]
    if len(told) < count:
        raise SystemExit(f"Skipped: no Slack export in {DATA.parent}. Name the folder in TWODESKS_BENCH_DATA.")
    messages = [
        ChatMessage(str(at), float(message["ts"]), message["user"], message.get("text", ""))
        for at, message in enumerate(told[:count])
    ]
    return messages, groups


def _span(part: str) -> range:
    first, _, last = part.partition("-")
    return range(int(first), int(last or first) + 1)
