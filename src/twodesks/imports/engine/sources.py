"""Which formats can be read, and opening an export of one."""

from collections.abc import Callable, Mapping
from pathlib import Path

from twodesks.imports.engine.archive import Archive, open_archive
from twodesks.imports.engine.discord import DiscordExport
from twodesks.imports.engine.mattermost import MattermostExport
from twodesks.imports.engine.records import Source
from twodesks.imports.engine.slack import SlackExport
from twodesks.imports.engine.stack_exchange import StackExchangeDump
from twodesks.imports.engine.zulip import ZulipExport
from twodesks.kit.problem import Invalid

SOURCES: Mapping[str, tuple[str, Callable[[Archive], Source]]] = {
    "slack": ("Slack", SlackExport),
    "stackexchange": ("Stack Exchange", StackExchangeDump),
    "zulip": ("Zulip", ZulipExport),
    "discord": ("Discord", DiscordExport),
    "mattermost": ("Mattermost", MattermostExport),
}


def open_source(kind: str, path: Path) -> Source:
    """Raises `Invalid` or `TooLarge`, in words, when it cannot be read as this kind of export."""
    if kind not in SOURCES:
        raise Invalid(f"There is no way to read {kind}. Choose one of {', '.join(SOURCES)}.", field="kind")
    archive = open_archive(path)
    try:
        return SOURCES[kind][1](archive)
    except Exception:
        archive.close()
        raise
