"""`twodesks create-admin`."""

import sys
from typing import Annotated

import typer
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from twodesks.kit.actor import Door, Role, system
from twodesks.kit.problem import Invalid
from twodesks.people.operations.add_member import add_member
from twodesks.people.operations.found_organisation import found_organisation
from twodesks.people.operations.make_sign_in_link import make_sign_in_link
from twodesks.people.queries import organisation

app = typer.Typer()


@app.command("create-admin")
def create_admin(
    email: Annotated[str, typer.Option(prompt="E-mail address")],
    name: Annotated[str, typer.Option(prompt="Name")],
    organisation_name: Annotated[
        str, typer.Option("--organisation", help="The organisation's name, if there is none yet.")
    ] = "",
    password_from_input: Annotated[
        bool, typer.Option("--password", help="Read a password from the input instead of giving a sign-in link.")
    ] = False,
) -> None:
    """Make an administrator, and the organisation if there is none yet. Prints a link that signs them in once."""
    actor = system(Door.CLI)
    password = _password() if password_from_input else None
    if organisation() is None:
        organisation_name = organisation_name or typer.prompt("Name of the organisation")
        member = found_organisation(
            actor=actor, organisation_name=organisation_name, name=name, email=email, password=password
        )
    else:
        member = add_member(actor=actor, name=name, email=email, role=Role.ADMINISTRATOR, password=password)
    typer.echo(f"{member.name} is an administrator.")
    if password is None:
        token = make_sign_in_link(actor=actor, member_id=member.pk)
        typer.echo(f"Signs in once, within the hour: {settings.BASE_URL}{reverse('sign-in-link', args=[token])}")


def _password() -> str:
    password = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    return str(password)
