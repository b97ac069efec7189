"""The files in which transcripts come: text in one of several encodings, or a Word document."""

import io
import zipfile
import zlib
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from twodesks.recordings.engine.transcripts import CannotRead

MOST_BYTES = 16_000_000
_LARGEST_DOCUMENT = 64_000_000
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
_CHOOSE = "Choose the call’s transcript as .vtt, .srt, .txt or .docx."


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
    """The paragraphs of a .docx (ECMA-376, WordprocessingML), one a line."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as file:
            content = file.read(_LARGEST_DOCUMENT + 1)
        is_too_large = len(content) > _LARGEST_DOCUMENT
        body = None if is_too_large else fromstring(content, forbid_dtd=True)
    except _DAMAGED as error:
        raise CannotRead("This is not a Word document that can be read. " + _CHOOSE) from error
    if body is None:
        raise CannotRead("This document is far too large for a transcript. " + _CHOOSE)
    return "\n".join(_paragraph(paragraph) for paragraph in body.iter(f"{_WORDS}p"))


def _paragraph(paragraph: Element) -> str:
    parts = {f"{_WORDS}tab": "\t", f"{_WORDS}br": "\n", f"{_WORDS}cr": "\n"}
    return "".join(
        (node.text or "") if node.tag == f"{_WORDS}t" else parts.get(node.tag, "") for node in paragraph.iter()
    )
