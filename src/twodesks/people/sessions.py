"""Who a session belongs to, read by SQL that is made once: every page asks this first."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from twodesks.kit.actor import Actor, guest
from twodesks.people.models import Member
from twodesks.rows.prepared import Text, prepared


class SessionStore(db.SessionStore):
    """Sessions in the database, as Django keeps them."""

    def _get_session_from_db(self) -> Session | None:
        found = _session(guest(), key=Text(self.session_key or ""), now=timezone.now())
        if not found:
            self._session_key: str | None = None
            return None
        return found[0]


class MemberBackend(ModelBackend):
    """Passwords and sessions as Django has them."""

    def get_user(self, user_id: Any) -> Member | None:
        found = _member(guest(), member_id=int(user_id))
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared
def _session(actor: Actor, key: Text, now: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@prepared
def _member(actor: Actor, member_id: int) -> QuerySet[Member]:
    return Member.objects.filter(pk=member_id)
