"""`twodesks mail`."""

import sys
from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError
from rich.console import Console

from twodesks.kit.problem import Invalid
from twodesks.notifications.adapter import fetch_replies
from twodesks.notifications.engine.incoming import MAX_RAW_BYTES
from twodesks.notifications.operations.receive_reply import receive_reply

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again."""

app = typer.Typer(no_args_is_help=True)
console = Console(stderr=True)


@app.callback()
def mail() -> None:
    """Replies that come by e-mail."""


@app.command()
def receive(
    quiet: Annotated[bool, typer.Option("--quiet", help="Say nothing: a mail server may send it on.")] = False,
) -> None:
    """Take one mail from standard input, as a mail server hands it over. Its sender is told when it is refused."""
    raw = sys.stdin.buffer.read(MAX_RAW_BYTES + 1)
    if not raw.strip():
        raise Invalid("There is no mail on standard input. Use: twodesks mail receive < message.eml")
    try:
        received = receive_reply(raw=raw)
    except (DatabaseError, OSError) as failure:
        console.print(f"Not now, try again later: {type(failure).__name__}")
        raise typer.Exit(TRY_AGAIN) from failure
    if not quiet:
        console.print(received.outcome.value + (f": {received.reason}" if received.reason else ""))


@app.command()
def fetch() -> None:
    """Take what has arrived in the mailbox of TWODESKS_MAIL_IMAP_URL now; the worker does it every minute."""
    if not settings.MAIL_IMAP_URL:
        raise Invalid("Name the mailbox first: TWODESKS_MAIL_IMAP_URL=imaps://user:password@host/INBOX")
    console.print(f"{fetch_replies(settings.MAIL_IMAP_URL)} mails were taken.")
