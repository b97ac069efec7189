"""Stop mails of one sort, by the link that each mail has."""

from twodesks.conversations.operations.follow_conversation import follow_conversation
from twodesks.conversations.queries.finding import merged_into
from twodesks.kit.actor import Actor, Door
from twodesks.kit.operation import operation
from twodesks.kit.problem import Invalid, NotFound
from twodesks.notifications.engine.kinds import KIND, How
from twodesks.notifications.operations.choose_notifications import choose_notifications
from twodesks.notifications.queries.choices import hours_of, mailed_in
from twodesks.notifications.tokens import read_stop_token
from twodesks.people.queries import active_members


@operation("notifications.stop_mail")
def stop_mail(*, token: str) -> None:
    """A conversation is muted; a kind of news stays under the bell alone; the digest ends. Twice is as good as once.

    Whoever has the link may do this and nothing else: mail programs press it without signing in (RFC 8058). Raises
    `NotFound` for a token that is not ours.
    """
    found = read_stop_token(token)
    member = active_members().filter(pk=found[0]).first() if found else None
    if found is None or member is None:
        raise NotFound("This link is not whole. Copy all of it from the mail, or choose in your settings.")
    actor = member.as_actor(Door.MAIL)
    what, _, rest = found[1].partition(":")
    if what == "conversation":
        _mute(actor, int(rest))
    elif what == "kind":
        _keep_to_the_page(actor, rest)
    else:
        hours = hours_of(member.pk)
        quiet = None if hours.quiet_from is None or hours.quiet_until is None else (hours.quiet_from, hours.quiet_until)
        choose_notifications(actor=actor, digest_hour=None, quiet=quiet)


def _mute(actor: Actor, conversation_id: int) -> None:
    try:
        now_at = merged_into(actor, conversation_id) or conversation_id
        follow_conversation(actor=actor, conversation_id=now_at, following=False)
    except NotFound:
        # No longer theirs to see: then no mail comes of it anyway.
        return


def _keep_to_the_page(actor: Actor, rest: str) -> None:
    kind, _, channel = rest.partition(":")
    if kind not in KIND:
        return
    try:
        place = int(channel) if channel else None
        # A mail that came by the choice for one channel stops with its kind.
        places = [place] if place is not None else [None, *mailed_in(actor, kind)]
        choose_notifications(actor=actor, hows={(kind, one): How.PAGE for one in places}, keep_hours=True)
    except Invalid:
        # The channel is no longer theirs to see, and tells them nothing.
        return
