"""What a process that touches untrusted media may use, and how it is held to it."""

import ctypes
import os
import resource
import signal
import sys
from dataclasses import asdict, dataclass
from typing import Any, Self

_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Processor time, time altogether, address space, and bytes in any one file that it writes."""

    cpu_s: int = 60
    wall_s: int = 180
    memory_bytes: int = 2 << 30
    output_bytes: int = 64 << 20
    niceness: int = 10

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> Self:
        return cls(**content)


def hold_to(limits: Limits) -> None:
    """Hold this process to `limits`, before it opens anything. There is no way back."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, 64)
    _lower(resource.RLIMIT_FSIZE, limits.output_bytes)
    _lower(resource.RLIMIT_CPU, limits.cpu_s)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_AS, limits.memory_bytes)
        # The lifeline on standard input ends this process with its parent too; the kernel is quicker.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A write beyond RLIMIT_FSIZE should be an error that can be told, not a silent death.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    os.nice(limits.niceness)


def _lower(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (ceiling, ceiling))
