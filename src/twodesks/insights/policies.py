"""Who may see and change insights."""

from django.db.models import Q

from twodesks.channels.queries import visible_channels
from twodesks.insights.models import Insight
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny


def visible_to(actor: Actor) -> Q:
    """Its author; and once published, whoever sees its channel. Withdrawn ones their author alone."""
    if actor.is_system:
        return Q()
    if actor.member_id is None:
        return Q(pk__in=[])
    shared = Q(published_at__isnull=False, withdrawn_at=None, channel__in=visible_channels(actor))
    return Q(author_id=actor.member_id) | shared


def may_change(actor: Actor, insight: Insight) -> Decision:
    """Whoever sees it: every change is a revision with a name on it, and can be taken back."""
    if actor.is_guest:
        return deny("Sign in to write in this insight.")
    return ALLOW


def may_withdraw(actor: Actor, insight: Insight) -> Decision:
    if actor.is_curator or insight.author_id == actor.member_id:
        return ALLOW
    return deny("Its author or a curator can withdraw this insight.")
