"""JSON as exports hold it: quickly when it is whole, and as far as it goes when it was cut short."""

import json
from typing import Any

import orjson

from twodesks.kit.problem import Invalid

_DECODER = json.JSONDecoder()


def parse(raw: bytes, name: str) -> Any:
    """Raises `Invalid`, naming the file and the place."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        pass
    try:
        # orjson refuses halves of surrogate pairs, marks of byte order and NaN, all of which exports have.
        return json.loads(raw.decode("utf-8-sig", errors="replace"))
    except (ValueError, RecursionError) as fault:
        raise Invalid(f"{name} is not whole JSON ({fault}). Export again, or download the export once more.") from None


def parse_list(raw: bytes, name: str) -> tuple[list[dict[str, Any]], bool]:
    """The objects of a list, and whether it was whole; of one that was cut short, those before the cut."""
    try:
        told = parse(raw, name)
    except Invalid:
        return _before_the_cut(raw.decode("utf-8-sig", errors="replace")), False
    if not isinstance(told, list):
        return [], False
    objects = [entry for entry in told if isinstance(entry, dict)]
    return objects, len(objects) == len(told)


def _before_the_cut(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at = text.find("[") + 1
    while at > 0:
        at = text.find("{", at)
        if at < 0:
            break
        try:
            entry, at = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        if isinstance(entry, dict):
            found.append(entry)
    return found
