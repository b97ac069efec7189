"""Run a media tool in a process of its own, within limits, gone with whoever started it."""

import json
import os
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from twodesks.kit.problem import Invalid, Unavailable
from twodesks.media.engine.frames import MESSAGE, Frame, receive
from twodesks.media.engine.limits import Limits

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_ONE_THREAD_EACH = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}

_LAST_WORDS_S = 5.0

Progress = Callable[[float], None]


class MediaRefused(Invalid):
    """The file cannot be used, for a reason that its owner can act on; `reason` is the same for a program."""

    code = "media-refused"
    title = "That file cannot be used"

    def __init__(self, detail: str, *, reason: str) -> None:
        super().__init__(detail, reason=reason)
        self.reason = reason


class MediaWorkFailed(Unavailable):
    """The process died, or was stopped at its limits."""

    code = "media-work-failed"
    title = "This file is too much to work on"


class MediaProcess:
    """A running tool. Frames come from `frames()`; `tell` sends a line to its standard input."""

    def __init__(self, tool: str, arguments: dict[str, Any], limits: Limits) -> None:
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "twodesks.media.engine.child", tool],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            bufsize=0,  # so that `has_frame` sees all there is
            env=kept | _ONE_THREAD_EACH | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=tempfile.gettempdir(),
            start_new_session=True,
        )
        self._timer = threading.Timer(limits.wall_s, self._process.kill)
        self._timer.daemon = True
        self._timer.start()
        self.tell(json.dumps({"limits": limits.as_json(), "arguments": arguments}))

    def tell(self, line: str) -> None:
        """Send one line. A process that is gone already does not hear it; that shows in its frames."""
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - asked for in the constructor
        try:
            pipe.write(line.encode() + b"\n")
            pipe.flush()
        except BrokenPipeError:
            return

    def has_frame(self, within_s: float) -> bool:
        """Whether there is something to take, or the process has ended."""
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for in the constructor
        readable, _, _ = select.select([pipe], [], [], within_s)
        return bool(readable)

    def frame(self) -> Frame | None:
        """The next frame, waiting for it; None when the process has ended."""
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for in the constructor
        return receive(pipe)

    def frames(self) -> Iterator[Frame]:
        while (frame := self.frame()) is not None:
            yield frame

    def end(self, patience_s: float = 0) -> int:
        """Stop it if it still runs after `patience_s`, and return its exit code."""
        self._timer.cancel()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def close(self) -> None:
        self.end()
        self._complaints.close()

    def failure(self) -> MediaWorkFailed:
        """Why it ended without a word, as far as can be said; to be asked when there are no more frames."""
        # It has closed its end already and is on its way out: what it died of must not look like our own kill.
        self.end(_LAST_WORDS_S)
        self._complaints.seek(max(0, self._complaints.seek(0, os.SEEK_END) - 2000))
        said = self._complaints.read().decode(errors="replace").strip()
        is_limit = self._process.returncode < 0 or "MemoryError" in said
        failure = MediaWorkFailed(
            "Working on this file took more time or memory than the server allows. The file is kept as it came. "
            "Shorten it or save it in another form, and add it again."
            if is_limit
            else "The server could not work on this file. It is kept as it came. Save it in another form, and add it "
            "again, or show your administrator the log."
        )
        if said:
            failure.add_note(said)
        return failure


@contextmanager
def media_process(tool: str, arguments: dict[str, Any], limits: Limits) -> Iterator[MediaProcess]:
    process = MediaProcess(tool, arguments, limits)
    try:
        yield process
    finally:
        process.close()


def run_tool(
    tool: str, arguments: dict[str, Any], limits: Limits, *, on_progress: Progress | None = None
) -> dict[str, Any]:
    """The result of a tool that answers once. Raises `MediaRefused` or `MediaWorkFailed`."""
    with media_process(tool, arguments, limits) as process:
        for kind, content in process.frames():
            if kind != MESSAGE:
                continue
            message = json.loads(content)
            if "progress" in message and on_progress is not None:
                on_progress(message["progress"])
            raise_if_refused(message)
            if "result" in message:
                result: dict[str, Any] = message["result"]
                return result
        raise process.failure()


def raise_if_refused(message: dict[str, Any]) -> None:
    """Raises `MediaRefused` when the child said why it cannot go on."""
    if "refused" in message:
        raise MediaRefused(message["refused"]["detail"], reason=message["refused"]["reason"])


def free_space_file(folder: Path, ending: str) -> Path:
    """A new, empty file in `folder` for a tool to write into."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(suffix=ending, dir=folder)
    os.close(descriptor)
    return Path(name)
