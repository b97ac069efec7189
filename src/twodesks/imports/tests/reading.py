"""Reading an export as a whole, for tests."""

from dataclasses import dataclass, field
from pathlib import Path

from twodesks.imports.engine.records import (
    Glance,
    LeftOut,
    Outline,
    PlainNaming,
    Reason,
    SourceMessage,
    SourcePerson,
    SourceRemoval,
    Tally,
    Wishes,
)
from twodesks.imports.engine.sources import open_source


@dataclass
class Told:
    outline: Outline
    messages: list[SourceMessage] = field(default_factory=list)
    strangers: list[SourcePerson] = field(default_factory=list)
    glances: list[Glance] = field(default_factory=list)
    left: Tally = field(default_factory=Tally)
    removed: list[str] = field(default_factory=list)

    def count(self, reason: Reason) -> int:
        return self.left.counts[reason]

    @property
    def texts(self) -> list[str]:
        return [message.markdown for message in self.messages]


def read_all(kind: str, path: Path, wishes: Wishes | None = None) -> Told:
    """Everything that an export gives. A look sees as many messages as a reading, bar those that turn out empty."""
    wishes = wishes or Wishes()
    source = open_source(kind, path)
    try:
        told = Told(source.outline())
        naming = PlainNaming(told.outline)
        told.left.add_all(told.outline.left_out)
        told.left.add_all(source.left_out(wishes))
        for stretch in source.stretches(wishes):
            for item in source.read(stretch, wishes, naming):
                if isinstance(item, SourceMessage):
                    told.messages.append(item)
                elif isinstance(item, LeftOut):
                    told.left.add(item)
                elif isinstance(item, SourceRemoval):
                    told.removed.append(item.key)
                else:
                    told.strangers.append(item)
        for stretch in source.stretches(wishes):
            told.glances.extend(item for item in source.look(stretch, wishes) if isinstance(item, Glance))
    finally:
        source.close()
    assert 0 <= len(told.glances) - len(told.messages) <= told.count(Reason.EMPTY)
    return told
