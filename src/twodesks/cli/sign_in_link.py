"""`twodesks sign-in-link`."""

from typing import Annotated

import typer
from django.conf import settings
from django.urls import reverse

from twodesks.cli.members import acting_member
from twodesks.kit.actor import Door, system
from twodesks.people.operations.make_sign_in_link import make_sign_in_link

app = typer.Typer()


@app.command("sign-in-link")
def sign_in_link(email: Annotated[str, typer.Argument(help="The member's address.")]) -> None:
    """Print a link that signs a member in once, for when no mail is sent or theirs does not arrive."""
    member = acting_member(email)
    token = make_sign_in_link(actor=system(Door.CLI), member_id=member.require_member())
    typer.echo(f"Signs in once, within the hour: {settings.BASE_URL}{reverse('sign-in-link', args=[token])}")
