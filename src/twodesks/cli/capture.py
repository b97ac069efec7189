"""`twodesks capture`: see twodesks.speech.command, which also works without Django."""

import typer

from twodesks.speech.command import capture

app = typer.Typer()
app.command()(capture)
