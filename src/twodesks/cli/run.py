"""`twodesks run`: everything on this machine, from one command."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Annotated

import structlog
import typer
from rich.console import Console

from twodesks.cli.database import named_server, tell_notes
from twodesks.cli.web import DEFAULT_HOST, DEFAULT_PORT, Host, Port, Workers
from twodesks.server.cluster import Cluster, embedded_cluster
from twodesks.server.data import DataDirectory
from twodesks.server.logs import PROCESS_VARIABLE, configure
from twodesks.server.problems import CannotStart
from twodesks.server.supervisor import Service, Supervisor, postgres_service, python_service
from twodesks.server.web import check_port, default_workers

READY_WITHIN_S = 60.0
WEB_STOPS_WITHIN_S = 15.0
WORKER_STOPS_WITHIN_S = 25.0

app = typer.Typer()
console = Console(stderr=True, highlight=False)
log = structlog.get_logger("twodesks.supervisor")


@app.command()
def run(
    host: Host = DEFAULT_HOST,
    port: Port = DEFAULT_PORT,
    workers: Workers = default_workers(),
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty installation with the demo workspace.")] = False,
) -> None:
    """Run the database, the web server and the worker; restart what dies; stop in order on Ctrl-C."""
    configure_logs()
    data = DataDirectory.default()
    data.prepare()
    data.check_room()
    address = os.environ.setdefault("BASE_URL", f"http://{'localhost' if host == DEFAULT_HOST else host}:{port}")
    os.environ["TWODESKS_DATA"] = str(data.root)
    with data.lock():
        check_port(host, port)
        services: list[Service] = []
        cluster: Cluster | None = None
        if not named_server():
            cluster = embedded_cluster(data)
            tell_notes(cluster)
            services.append(postgres_service(cluster))
        supervisor = Supervisor(services)
        supervisor.listen_to_signals()
        try:
            if cluster is not None:
                supervisor.start_now(services[0])
                cluster.ensure_database()
            _command("migrate")
            sign_in = _command("demo") if demo else ""
            services.append(
                python_service(
                    "web",
                    ["web", "--host", host, "--port", str(port), "--workers", str(workers)],
                    patience_s=WEB_STOPS_WITHIN_S,
                )
            )
            services.append(python_service("worker", ["worker"], patience_s=WORKER_STOPS_WITHIN_S))
            supervisor.run(lambda: _greet(supervisor, host, port, address, sign_in))
        finally:
            supervisor.stop()


def configure_logs() -> None:
    os.environ[PROCESS_VARIABLE] = "supervisor"
    names = {"level": "TWODESKS_LOG_LEVEL", "format": "TWODESKS_LOG_FORMAT"}
    configure({key: os.environ[name] for key, name in names.items() if name in os.environ})


def _command(name: str) -> str:
    """Run one of our commands to its end, and give what it printed. The database runs, so it uses that one."""
    done = subprocess.run(
        [sys.executable, "-m", "twodesks", name],
        env={key: value for key, value in os.environ.items() if key != PROCESS_VARIABLE},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotStart(
            f"`twodesks {name}` did not work (code {done.returncode}); its words are above.",
            "Nothing was started. `twodesks doctor` looks at the usual causes.",
        )
    return done.stdout


def _greet(supervisor: Supervisor, host: str, port: int, address: str, sign_in: str) -> None:
    """Say where it is once it answers, not before."""
    reach = f"[{host}]" if ":" in host else host
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline and not supervisor.stopping.wait(0.1):
        if _answers(f"http://{'127.0.0.1' if host == '0.0.0.0' else reach}:{port}/readyz"):  # noqa: S104 - compared only
            console.print(f"\nTwodesks is at [bold]{address}[/bold]")
            if sign_in.strip():
                console.print(sign_in.strip(), markup=False, soft_wrap=True)
            console.print("Press Ctrl-C to stop it.\n")
            return
    if not supervisor.stopping.is_set():
        log.error("web_not_ready", detail=f"No answer within {READY_WITHIN_S:.0f} seconds; try `twodesks doctor`.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own address
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False
