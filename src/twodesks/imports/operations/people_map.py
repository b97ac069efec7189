"""Who the people of a source are here: found by address, else a placeholder that somebody may claim."""

from collections.abc import Iterable, Mapping

from twodesks.imports.engine.records import SourcePerson
from twodesks.imports.engine.sources import SOURCES
from twodesks.imports.models import ImportedPerson, ImportRun
from twodesks.kit.actor import Actor
from twodesks.kit.markdown import escape
from twodesks.people.operations.add_placeholders import NewPlaceholder, add_placeholders
from twodesks.people.queries import members_by_email


class PeopleMap:
    """Only those who wrote, were named or were in a private channel become members here."""

    def __init__(self, actor: Actor, run: ImportRun, outline: Iterable[SourcePerson]) -> None:
        self._actor = actor
        self._run = run
        self._source_id = run.source_id or 0
        self._told = {person.key: person for person in outline}
        rows = ImportedPerson.objects.filter(source_id=self._source_id).values_list("key", "member_id", "member__name")
        self._known: dict[str, tuple[int, str]] = {key: (member_id, name) for key, member_id, name in rows}

    def hear_of(self, person: SourcePerson) -> None:
        """Somebody whom the source's own list does not have."""
        self._told.setdefault(person.key, person)

    def ensure(self, keys: Iterable[str]) -> None:
        """Make those who are missing, in a few statements. Runs inside the caller's transaction."""
        missing = [key for key in dict.fromkeys(keys) if key and key not in self._known]
        if not missing:
            return
        people = {key: self._told.get(key) or SourcePerson(key, key) for key in missing}
        here = members_by_email(person.email for person in people.values() if not person.is_bot)
        known = {key: here[person.email] for key, person in people.items() if person.email in here}
        new = [key for key in missing if key not in known]
        known |= self._add(new, people)
        ImportedPerson.objects.bulk_create(
            [
                ImportedPerson(
                    source_id=self._source_id,
                    key=key,
                    member_id=known[key][0],
                    made_by_id=self._run.pk if key in new else None,
                )
                for key in missing
            ]
        )
        self._known |= known
        self._run.people_known += len(missing) - len(new)
        self._run.people_new += len(new)

    def _add(self, keys: list[str], people: Mapping[str, SourcePerson]) -> dict[str, tuple[int, str]]:
        made = add_placeholders(
            actor=self._actor,
            came_from=SOURCES[self._run.kind][0],
            people=[
                NewPlaceholder(people[key].name or key, people[key].handle, people[key].email, people[key].title)
                for key in keys
            ],
        )
        return {key: (member.pk, member.name) for key, member in zip(keys, made, strict=True)}

    def member_id(self, key: str) -> int:
        return self._known[key][0]

    def ids(self, keys: Iterable[str]) -> list[int]:
        return list(dict.fromkeys(self._known[key][0] for key in keys if key in self._known))

    def link(self, key: str, fallback: str) -> str:
        """As a mention stands in a message."""
        known = self._known.get(key)
        return f"[@{escape(known[1])}](/people/{known[0]}/)" if known else escape(f"@{fallback or key}")

    def forget(self) -> None:
        """After a transaction that failed: what it made is not there."""
        rows = ImportedPerson.objects.filter(source_id=self._source_id)
        self._known = {key: (pk, name) for key, pk, name in rows.values_list("key", "member_id", "member__name")}
