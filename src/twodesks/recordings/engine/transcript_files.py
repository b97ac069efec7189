"""The files in which transcripts come: text in one of several encodings, or a Word document."""

import io
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser

from twodesks.recordings.engine.transcripts import MAX_LETTERS, CannotRead

MOST_BYTES = 16_000_000
# Ten hours of talk are some 5,000 paragraphs of 20 elements each.
_LARGEST_DOCUMENT = 32_000_000
_MOST_ELEMENTS = 400_000
_PIECE = 65_536
# What zipfile and the reader of XML raise for files that are broken, locked, or made to do harm.
_DAMAGED = (
    KeyError,
    OSError,
    ValueError,
    RuntimeError,
    EOFError,
    ParseError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_WORDS}tab": "\t", f"{_WORDS}br": "\n", f"{_WORDS}cr": "\n"}
_CHOOSE = "Choose the call’s transcript as .vtt, .srt, .txt or .docx."


def _too_large() -> CannotRead:
    return CannotRead("This document is far too large for a transcript. " + _CHOOSE)


def text_of(data: bytes) -> str:
    """What a transcript file says. Raises `CannotRead` for anything else."""
    if len(data) > MOST_BYTES:
        raise CannotRead("This file is far too large for a transcript. " + _CHOOSE)
    if data.startswith(b"PK\x03\x04"):
        return _document(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data[:4096]:
        raise CannotRead("This is not a text file. " + _CHOOSE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _document(data: bytes) -> str:
    """The paragraphs of a .docx (ECMA-376, WordprocessingML), one a line. No tree is built of what it unpacks to."""
    paragraphs = _Paragraphs()
    parser = DefusedXMLParser(target=paragraphs, forbid_dtd=True)
    left = _LARGEST_DOCUMENT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as file:
            while piece := file.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise _too_large()
                parser.feed(piece)
        parser.close()
    except CannotRead:
        raise
    except _DAMAGED as error:
        raise CannotRead("This is not a Word document that can be read. " + _CHOOSE) from error
    return paragraphs.text


class _Paragraphs:
    """Hears a document as it is parsed (the target of an XMLParser), and keeps its text alone."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._is_text = False
        self._elements = 0
        self._letters = 0

    @property
    def text(self) -> str:
        return "".join(self._parts).removesuffix("\n")

    def start(self, tag: str, attributes: object) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise _too_large()
        self._is_text = tag == f"{_WORDS}t"
        if tag in _BREAKS:
            self._parts.append(_BREAKS[tag])

    def end(self, tag: str) -> None:
        self._is_text = False
        if tag == f"{_WORDS}p":
            self._parts.append("\n")

    def data(self, text: str) -> None:
        if self._is_text:
            self._letters += len(text)
            if self._letters > MAX_LETTERS:
                raise _too_large()
            self._parts.append(text)

    def close(self) -> None:
        """An XMLParser asks for it."""
