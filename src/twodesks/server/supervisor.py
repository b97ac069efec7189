"""Keeps child processes running: starts them in order, restarts what dies, stops them in the opposite order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

import structlog

from twodesks.server.cluster import Cluster
from twodesks.server.logs import PROCESS_VARIABLE
from twodesks.server.problems import CannotStart
from twodesks.server.processes import bound_to_parent

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 15.0
STEADY_AFTER_S = 60.0
LOOK_EVERY_S = 0.1

log = structlog.get_logger("twodesks.supervisor")


@dataclass(slots=True)
class Service:
    """One child. `start` makes its process; `stop` ends it and returns when it is gone."""

    name: str
    start: Callable[[], subprocess.Popen[str]]
    stop: Callable[[subprocess.Popen[str]], None]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    due_at: float = field(default=0.0)
    deaths: int = 0


class Supervisor:
    """Must live in the main thread: the kernel ties the children's fate to the thread that made them."""

    def __init__(self, services: list[Service]) -> None:
        self.services = services
        self.stopping = threading.Event()

    def run(self, when_started: Callable[[], None]) -> None:
        """Until a signal says stop. `when_started` is called once, when every process has been started."""
        self.listen_to_signals()
        try:
            for service in self.services:
                if self.stopping.is_set():
                    return
                if service.process is None:
                    self.start_now(service)
            when_started()
            while not self.stopping.wait(LOOK_EVERY_S):
                for service in self.services:
                    self._look_after(service)
        finally:
            self.stop()

    def listen_to_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def stop(self) -> None:
        """Stop all, last started first. A second signal does not cut it short: nothing may be lost."""
        for service in reversed(self.services):
            process, service.process = service.process, None
            if process is not None and process.poll() is None:
                log.info("stopping", service=service.name)
                service.stop(process)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def start_now(self, service: Service) -> None:
        service.process = service.start()
        service.started_at = time.monotonic()
        log.info("started", service=service.name, pid=service.process.pid)

    def _look_after(self, service: Service) -> None:
        now = time.monotonic()
        if service.process is not None:
            code = service.process.poll()
            if code is None:
                if now - service.started_at > STEADY_AFTER_S:
                    service.pause_s = FIRST_PAUSE_S
                return
            service.process = None
            service.deaths += 1
            service.due_at = now + service.pause_s
            log.warning("died", service=service.name, how=_how(code), again_in_s=service.pause_s)
            service.pause_s = min(service.pause_s * 2, LONGEST_PAUSE_S)
        if now >= service.due_at:
            try:
                self.start_now(service)
            except CannotStart as refusal:
                service.due_at = time.monotonic() + service.pause_s
                service.pause_s = min(service.pause_s * 2, LONGEST_PAUSE_S)
                log.error("cannot_start", service=service.name, detail=refusal.detail, remedy=refusal.remedy)


def python_service(name: str, arguments: list[str], *, patience_s: float) -> Service:
    """A child that runs one of our own commands; it is told to stop, and made to after `patience_s`."""

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "twodesks", *arguments],
            # Each thread's own heap is memory that is never given back; two shared ones serve as well.
            env={"MALLOC_ARENA_MAX": "2"} | os.environ | {PROCESS_VARIABLE: name},
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops them in order
            preexec_fn=bound_to_parent(signal.SIGKILL),
        )

    def stop(process: subprocess.Popen[str]) -> None:
        process.terminate()
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    return Service(name, start, stop)


def postgres_service(cluster: Cluster) -> Service:
    """The embedded PostgreSQL. Its own log becomes ours, line by line, without what it quotes of people's data."""

    def start() -> subprocess.Popen[str]:
        cluster.prepare()
        reader, writer = os.pipe()
        pipe = os.fdopen(reader, "r", errors="replace")
        threading.Thread(target=_retell, args=(pipe,), name="postgres log", daemon=True).start()
        try:
            return cluster.start(writer)
        finally:
            os.close(writer)

    return Service("postgres", start, lambda process: cluster.stop())


def _retell(pipe: IO[str]) -> None:
    tell = {"LOG": log.debug, "WARNING": log.warning, "ERROR": log.warning, "FATAL": log.warning, "PANIC": log.error}
    with pipe:
        for line in pipe:
            level, separator, message = line.strip().partition(":  ")
            if separator and level in tell:
                tell[level]("postgres", message=message)


def _how(code: int) -> str:
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"code {code}"
