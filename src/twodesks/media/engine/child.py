"""The process in which untrusted media is opened: `python -m twodesks.media.engine.child TOOL`.

The first line on standard input has the limits and the arguments; standard input then stays open as the lifeline to the
parent. Limits hold before anything that parses media is imported.
"""

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Any

from twodesks.media.engine.frames import Sender
from twodesks.media.engine.limits import Limits, hold_to
from twodesks.media.engine.refusal import Refusal

# Named rather than imported: each brings libraries that must not be loaded before the limits hold.
TOOLS = {
    "probe": "twodesks.media.engine.probe",
    "render": "twodesks.media.engine.render",
    "stills": "twodesks.media.engine.stills",
    "listen": "twodesks.media.engine.listen",
}

Tool = Callable[[dict[str, Any], Sender], dict[str, Any]]


def main() -> int:
    pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # a library that prints must not break the frames
    sender = Sender(pipe)
    order = json.loads(sys.stdin.buffer.readline())
    hold_to(Limits.from_json(order["limits"]))
    module = import_module(TOOLS[sys.argv[1]])
    if not hasattr(module, "hear"):
        threading.Thread(target=_end_with_parent, daemon=True).start()
    tool: Tool = module.run
    try:
        result = tool(order["arguments"], sender)
    except Refusal as refusal:
        sender.message(refused={"detail": refusal.detail, "reason": refusal.reason})
        return 0
    sender.message(result=result)
    return 0


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(1 << 16):
        continue
    os._exit(3)


def _leave() -> None:
    """End at once with what came of it: a thread waits on standard input, and leaving in order aborts over that."""
    code = 1
    try:
        code = main()
    except BaseException:  # noqa: BLE001 - the parent reads of it on standard error
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave()
