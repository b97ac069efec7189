"""Small facts about processes that the supervisor and the cluster share."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(with_signal: int = signal.SIGKILL, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when its parent ends, however it ends. Linux only; elsewhere a no-op.

    `parent` is the expected parent: if it has gone already, the signal is raised here and now.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), with_signal)


def bound_to_parent(with_signal: int) -> Callable[[], None]:
    """For `preexec_fn`: runs in the child after it has changed accounts, as it must, since that clears the wish."""
    parent = os.getpid()

    def bind() -> None:
        die_with_parent(with_signal, parent)

    return bind


def processes_in(folder: Path, name: str) -> Iterator[psutil.Process]:
    """Running programs of that name whose working directory is `folder`."""
    wanted = folder.resolve()
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == name and Path(process.cwd()) == wanted:
                yield process
        except (psutil.Error, OSError):
            continue


def memory_bytes() -> int:
    return int(psutil.virtual_memory().total)
