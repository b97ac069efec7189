"""Addresses of built front-end files, by the name of their source."""

import json
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


class BuiltFile(TypedDict):
    file: str


@lru_cache(maxsize=256)
def _address(source: str, manifest: str, changed_ns: int) -> str:
    built: dict[str, BuiltFile] = json.loads(Path(manifest).read_text())
    prefix = settings.DJANGO_VITE["default"]["static_url_prefix"]
    return static(f"{prefix}/{built[source]['file']}") if source in built else ""


@register.simple_tag
def asset(source: str) -> str:
    """The address of `source`, e.g. `styles/app.css`.

    It is empty where the front end has not been built: a page is readable without it.
    """
    manifest = str(settings.DJANGO_VITE["default"]["manifest_path"])
    try:
        # What is built does not change under a running server, except while one works on it.
        changed_ns = Path(manifest).stat().st_mtime_ns if settings.DEBUG else 0
        return _address(source, manifest, changed_ns)
    except FileNotFoundError:
        return ""
