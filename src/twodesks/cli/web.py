"""`twodesks web`: pages and live events, in as many processes as there are cores."""

import os
from typing import Annotated

import typer
from django.utils.module_loading import import_string

from twodesks.server.logs import PROCESS_VARIABLE
from twodesks.server.web import check_port, default_workers, serve

app = typer.Typer()

Host = Annotated[str, typer.Option(envvar="HOST", help="Address to listen on.")]
Port = Annotated[int, typer.Option(envvar="PORT", help="Port to listen on.", min=1, max=65535)]
Workers = Annotated[int, typer.Option(envvar="TWODESKS_WEB_PROCESSES", help="Processes that serve pages.", min=1)]

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000


@app.command()
def web(host: Host = DEFAULT_HOST, port: Port = DEFAULT_PORT, workers: Workers = default_workers()) -> None:
    """Serve pages and live events. The database has to run already: `twodesks run` sees to all of it."""
    check_port(host, port)
    os.environ.setdefault(PROCESS_VARIABLE, "web")
    serve(lambda: import_string("twodesks.project.asgi.application"), host=host, port=port, workers=workers)
