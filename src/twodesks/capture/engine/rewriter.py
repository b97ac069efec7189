"""The rewriting of a draft in a process of its own: a hanging or heavy model library never holds up a worker."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from twodesks.language.drafting import Block
from twodesks.language.rewrite_settings import RewriteSettings

# What loading the library takes on a slow machine.
_START_S = 60


def rewritten(
    blocks: Sequence[Block], messages: Mapping[int, str], settings: RewriteSettings
) -> tuple[list[Block], str] | None:
    """The blocks with the model's wording, and the model's name; None when it could not help."""
    request = {"blocks": [asdict(block) for block in blocks], "messages": messages, "settings": asdict(settings)}
    try:
        told = subprocess.run(
            [sys.executable, "-m", "twodesks.language.rewriting"],
            input=json.dumps(request), capture_output=True, text=True, timeout=settings.timeout_s * 2 + _START_S,
            check=True,
        )  # fmt: skip
        answer = json.loads(told.stdout)
    except (subprocess.SubprocessError, OSError, ValueError):
        return None
    if not answer["model"]:
        return None
    return [Block.from_row(one) for one in answer["blocks"]], str(answer["model"])
