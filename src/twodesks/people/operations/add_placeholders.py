"""Add names of people who wrote elsewhere, so that their words keep their authors."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from twodesks.kit.actor import Actor
from twodesks.kit.operation import operation
from twodesks.kit.words import clean_line
from twodesks.people import policies
from twodesks.people.models import Member, Placeholder

DOMAIN = "placeholder.invalid"
"""No mail ever goes there: RFC 2606 keeps `.invalid` for that."""


@dataclass(frozen=True, slots=True)
class NewPlaceholder:
    """Somebody elsewhere. `email` is theirs there, and may be empty; two may have one name."""

    name: str
    handle: str = ""
    email: str = ""
    job_title: str = ""


@operation("people.add_placeholders")
def add_placeholders(*, actor: Actor, came_from: str, people: Sequence[NewPlaceholder]) -> list[Member]:
    """Members who cannot sign in, in the order given. Administrators and the system only.

    The import that brings them records the statement: they have done nothing here themselves.
    """
    policies.may_administer(actor).require()
    now = timezone.now()
    nobody = make_password(None)
    with transaction.atomic():
        made = Member.objects.bulk_create(
            [
                Member(
                    name=(clean_line(person.name, most=10_000, field="name") or "Somebody")[:120],
                    email=f"{uuid.uuid4().hex}@{DOMAIN}",
                    job_title=person.job_title[:120],
                    password=nobody,
                    joined_at=now,
                    deactivated_at=now,
                )
                for person in people
            ]
        )
        Placeholder.objects.bulk_create(
            [
                Placeholder(
                    member=member,
                    came_from=came_from,
                    handle=person.handle[:80],
                    email=person.email if len(person.email) <= 254 else "",
                )
                for member, person in zip(made, people, strict=True)
            ]
        )
    return made
