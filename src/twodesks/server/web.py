"""The web server's settings."""

import os
import socket
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings

from twodesks.server.problems import CannotStart
from twodesks.server.processes import die_with_parent

MOST_LISTENERS = 4096  # requests open at once in one process; pages have their own, smaller bound in the bridge
STOP_WITHIN_S = 10


def default_workers() -> int:
    """One for each core, up to four: more only share the same cores and each costs its memory."""
    return min(4, os.cpu_count() or 1)


def check_port(host: str, port: int) -> None:
    """Say in words what is wrong with the address, before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as refusal:
            raise CannotStart(
                f"This account may not use port {port}.",
                "Take one above 1023 with --port, and put a reverse proxy before it.",
            ) from refusal
        except OSError as refusal:
            raise CannotStart(
                f"Port {port} on {host} cannot be used: {refusal.strerror}.",
                "Stop the program that has it, or choose another with --port (or PORT in the environment).",
            ) from refusal


def serve(load: Callable[[], Any], *, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. The application is loaded once and shared by the processes forked from this one."""
    application = load()
    parent = os.getpid()

    def in_worker() -> Any:
        die_with_parent(parent=parent)
        return application

    Granian(
        "twodesks.project.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        loop=Loops.asyncio,
        http=HTTPModes.auto,
        http1_settings=HTTP1Settings(header_read_timeout=30_000),
        websockets=False,
        backpressure=MOST_LISTENERS,
        backlog=2048,
        log_enabled=False,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=STOP_WITHIN_S,
    ).serve(target_loader=in_worker, wrap_loader=False)
