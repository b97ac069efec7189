"""`twodesks demo`."""

from datetime import timedelta
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from rich.console import Console

from twodesks.demo.load_demo import load_demo
from twodesks.kit.actor import Door, system
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.queries import get_member

VALID_FOR = timedelta(hours=12)

app = typer.Typer()
console = Console(stderr=True, highlight=False)


@app.command()
def demo(
    recaption: Annotated[
        bool,
        typer.Option("--recaption", help="Let the worker write the captions anew, rather than take those made before."),
    ] = False,
) -> None:
    """Fill an empty installation with a small robot company to look around in, and print a link that signs you in.

    Where the demo is already, nothing is changed; there is only a new link.
    """
    call_command("migrate", interactive=False, verbosity=0)
    loaded = load_demo(door=Door.CLI, recaption=recaption)
    by_system = system(Door.CLI)
    guide = get_member(by_system, loaded.guide_id)
    if loaded.is_new:
        console.print(
            "Ridgeway Robotics is ready: twelve people, what they know, and three short courses.", soft_wrap=True
        )
    token = make_sign_in_link(actor=by_system, member_id=loaded.guide_id, valid_for=VALID_FOR)
    address = str(settings.BASE_URL).rstrip("/") + reverse("sign-in-link", args=[token])
    typer.echo(f"Sign in once, within {VALID_FOR.total_seconds() / 3600:.0f} hours, as {guide.name}:\n{address}")
