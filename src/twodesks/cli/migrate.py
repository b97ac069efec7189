"""`twodesks migrate`."""

import typer
from django.core.management import call_command

app = typer.Typer()


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date. Safe to run at any time; `twodesks run` does it at each start."""
    call_command("migrate", interactive=False, verbosity=1)
