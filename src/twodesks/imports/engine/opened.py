"""What every opened export does alike, whatever is in it."""

from functools import cached_property
from typing import IO

from twodesks.imports.engine.archive import Archive, digest_of, open_inside
from twodesks.imports.engine.records import Outline, PlainNaming


class OpenedExport:
    """`has_loose_talk`: whether anything in it is not in a thread, so that what goes before matters."""

    has_loose_talk = True

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def outline(self) -> Outline:
        raise NotImplementedError

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
