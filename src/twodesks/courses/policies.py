"""Who may see, make and take courses."""

from django.db.models import Q

from twodesks.channels.queries import in_visible_channels
from twodesks.courses.models import Course
from twodesks.kit.actor import Actor
from twodesks.kit.decision import ALLOW, Decision, deny


def visible_to(actor: Actor) -> Q:
    """Its maker; and once published, whoever sees its channel (no channel: every member)."""
    if actor.is_system:
        return Q()
    if actor.member_id is None:
        return Q(pk__in=[])
    shared = Q(published_at__isnull=False, withdrawn_at=None) & (Q(channel=None) | in_visible_channels(actor))
    return Q(created_by_id=actor.member_id) | shared


def may_change(actor: Actor, course: Course) -> Decision:
    if actor.is_curator or course.created_by_id == actor.member_id:
        return ALLOW
    return deny("The person who made this course and curators can change it.")
