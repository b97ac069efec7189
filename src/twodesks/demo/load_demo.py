"""Make the demo workspace: a small robot company with twelve people, what they know, and how they learn."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from twodesks.demo.content import Content, read_content
from twodesks.demo.load_conversations import load_conversations
from twodesks.demo.load_courses import load_courses
from twodesks.demo.load_insights import load_insights
from twodesks.demo.load_people import Loading, load_channels, load_people
from twodesks.demo.load_recordings import load_recordings
from twodesks.kit.actor import Door, system
from twodesks.kit.operation import operation
from twodesks.kit.problem import Denied
from twodesks.people.queries import members, organisation


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`guide_id`: the member as whom one looks around, an administrator. `is_new`: whether anything was made."""

    guide_id: int
    is_new: bool


@operation("demo.load_demo")
def load_demo(*, door: Door, recaption: bool = False) -> Loaded:
    """All of it or nothing; where the demo is already, nothing is changed.

    Raises `Denied` when the installation belongs to another organisation.
    """
    content = read_content()
    with transaction.atomic():
        founded = organisation()
        if founded is None:
            return Loaded(guide_id=_load(content, door, recaption), is_new=True)
    if not founded.is_demo:
        raise Denied(
            f"This installation belongs to {founded.name}, and the demo needs an empty one. Nothing was changed. "
            "Give it a data directory of its own: TWODESKS_DATA=/path/to/demo twodesks demo"
        )
    guide = members(system(door)).get(email=content.people[0].email)
    return Loaded(guide_id=guide.pk, is_new=False)


def _load(content: Content, door: Door, recaption: bool) -> int:
    loading = Loading(door=door, now=timezone.localtime())
    load_people(loading, content)
    load_channels(loading, content)
    load_recordings(loading, content, recaption=recaption)
    load_insights(loading, content)
    load_conversations(loading, content)
    load_courses(loading, content)
    return loading.addresses.people[content.people[0].key]
