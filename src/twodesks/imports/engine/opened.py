"""What every opened export does alike, whatever is in it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import IO

from twodesks.imports.engine.archive import Archive, digest_of, open_inside
from twodesks.imports.engine.records import (
    Glance,
    Item,
    LeftOut,
    Naming,
    Outline,
    PlainNaming,
    SourceMessage,
    Stretch,
    Wishes,
)


class OpenedExport(ABC):
    """`has_loose_talk`: whether anything in it is not in a thread, so that what goes before matters."""

    has_loose_talk = True

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @abstractmethod
    def outline(self) -> Outline: ...

    @abstractmethod
    def read(self, stretch: Stretch, wishes: Wishes, naming: Naming) -> Iterator[Item]: ...

    def look(self, stretch: Stretch, wishes: Wishes) -> Iterator[Glance | LeftOut]:
        """Where reading costs little more than looking."""
        for item in self.read(stretch, wishes, self._plain_naming):
            if isinstance(item, SourceMessage):
                asked = "?" in item.markdown
                yield Glance(
                    item.author_key, item.sent_at, item.thread_key, len(item.files), asked, item.reply_to is not None
                )
            elif isinstance(item, LeftOut):
                yield item

    @cached_property
    def _inside(self) -> frozenset[str]:
        return frozenset(self._archive.names())

    @cached_property
    def _plain_naming(self) -> PlainNaming:
        return PlainNaming(self.outline())

    def digest(self) -> str:
        return digest_of(self._archive)

    def open_file(self, path: str) -> IO[bytes]:
        return open_inside(self._archive, path)

    def close(self) -> None:
        self._archive.close()
