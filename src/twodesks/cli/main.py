"""The command line."""

import typer

app = typer.Typer(name="twodesks", no_args_is_help=True)


@app.callback()
def twodesks() -> None:
    """A team's everyday answers become a living library of short courses."""
