"""`python -m twodesks.speech FILE`, for use without the rest of Twodesks."""

import typer

from twodesks.speech.command import capture

app = typer.Typer(name="twodesks-speech", add_completion=False)
app.command()(capture)

if __name__ == "__main__":
    app()
