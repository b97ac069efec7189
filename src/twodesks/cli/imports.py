"""`twodesks import`: what was kept or said elsewhere."""

from twodesks.cli.import_chats import add_to
from twodesks.cli.import_insights import app

add_to(app)

__all__ = ["app"]
