"""Who may see and change insights."""

from django.db.models import Q

from twodesks.channels import queries as channels
from twodesks.insights.models import Credit, Insight
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny


def visible_to(actor: Actor) -> Q:
    """Its author; and once published, whoever sees its channel. Withdrawn ones their author alone."""
    if actor.is_system:
        return Q()
    if actor.member_id is None:
        return Q(pk__in=[])
    shared = Q(published_at__isnull=False, withdrawn_at=None) & channels.in_visible_channels(actor)
    return Q(author_id=actor.member_id) | shared


def may_change(actor: Actor, insight: Insight) -> Decision:
    """Whoever sees it: every change is a revision with a name on it, and can be taken back."""
    if actor.is_guest:
        return deny("Sign in to write in this insight.")
    if insight.withdrawn_at is not None:
        return deny("This insight is withdrawn. Bring it back first, then change it.")
    return ALLOW


def may_withdraw(actor: Actor, insight: Insight) -> Decision:
    if actor.is_curator or insight.author_id == actor.member_id:
        return ALLOW
    return deny("Its author or a curator can withdraw this insight.")


def may_check(actor: Actor, insight: Insight) -> Decision:
    """Say that it is still right: those who look after its channel, curators, and who explained it."""
    if insight.channel is None or insight.published_at is None:
        return deny("Only what is kept in a channel can be checked.")
    explained = Credit.objects.filter(insight=insight, member_id=actor.member_id or 0, role=Credit.Role.EXPLAINED)
    if actor.is_curator or channels.may_change(actor, insight.channel) or explained.exists():
        return ALLOW
    return deny(f"Those who look after {insight.channel}, or who explained it, can say that it is still right.")


def may_move(actor: Actor, insight: Insight) -> Decision:
    if actor.is_curator or insight.author_id == actor.member_id:
        return ALLOW
    if insight.channel is not None and channels.may_change(actor, insight.channel):
        return ALLOW
    return deny("Its author, a curator or those who look after its channel can move this insight.")


def may_judge(actor: Actor, insight: Insight) -> Decision:
    """Say whether it helped: whoever sees it once it is kept, except who explained it."""
    if insight.published_at is None:
        return deny("This is still a draft. Keep it first; then people can say whether it helped.")
    if actor.member_id is None:
        return deny("Sign in to say whether it helped.")
    if Credit.objects.filter(insight=insight, member_id=actor.member_id, role=Credit.Role.EXPLAINED).exists():
        return deny("You explained this one. Whether it helps is for the others to say.")
    return ALLOW


def may_remove_credit(actor: Actor, insight: Insight, credit: Credit) -> Decision:
    if actor.is_curator or actor.member_id in (insight.author_id, credit.member_id, credit.given_by_id):
        return ALLOW
    return deny("Its author, a curator, who gave the credit or who has it can take it away.")
