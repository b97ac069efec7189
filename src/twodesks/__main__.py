"""`python -m twodesks` is the command `twodesks`."""

from twodesks.cli.main import app

app()
