"""Addresses of built front-end files, by the name of their source."""

import json
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@lru_cache(maxsize=4)
def _manifest(path: str, changed_ns: int) -> dict[str, dict[str, str]]:
    manifest: dict[str, dict[str, str]] = json.loads(Path(path).read_text())
    return manifest


@register.simple_tag
def asset(source: str) -> str:
    """The address of `source`, e.g. `styles/app.css`, or nothing where the front end has not been built: a page is readable
    without it, and `twodesks doctor` says that it is missing.
    """
    config = settings.DJANGO_VITE["default"]
    path = Path(config["manifest_path"])
    try:
        entry = _manifest(str(path), path.stat().st_mtime_ns).get(source)
    except FileNotFoundError:
        return ""
    return static(f"{config['static_url_prefix']}/{entry['file']}") if entry else ""
