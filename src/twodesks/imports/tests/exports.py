"""Small exports of every kind, written as the services write them. What they hold is made up."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ADA, BEN, CY = "U0ADA0001", "U0BEN0001", "U0CY00001"
GENERAL, SECRET, DIRECT = "C0GENERAL", "G0SECRET1", "D0DIRECT1"

Entry = dict[str, Any]


def slack_person(key: str, name: str, email: str = "", **more: Any) -> Entry:
    profile = {"real_name": name, "display_name": name.split()[0].lower(), "email": email}
    return {"id": key, "team_id": "T0TEAM001", "name": name.split()[0].lower(), "profile": profile, **more}


def said(user: str, ts: str, text: str, **more: Any) -> Entry:
    return {"type": "message", "user": user, "text": text, "ts": ts, **more}


def slack_files(days: Mapping[str, Any] | None = None, **lists: Any) -> dict[str, bytes]:
    """The files of an export; `days` by path, such as `general/2024-05-01.json`."""
    files: dict[str, Any] = {
        "users.json": [
            slack_person(ADA, "Ada Harlow", "alice@example.org"),
            slack_person(BEN, "Ben Ito", "ben@elsewhere.example"),
            slack_person(CY, "Cy Bot", is_bot=True),
        ],
        "channels.json": [
            {
                "id": GENERAL,
                "name": "general",
                "created": 1714000000,
                "creator": ADA,
                "members": [ADA, BEN],
                "purpose": {"value": "Everything &amp; more"},
                "topic": {"value": ""},
            }
        ],
        **{f"{name}.json": content for name, content in lists.items()},
        **(days or {}),
    }
    return {
        name: content if isinstance(content, bytes) else json.dumps(content).encode() for name, content in files.items()
    }


def as_folder(files: Mapping[str, bytes], where: Path) -> Path:
    for name, content in files.items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return where


def as_zip(files: Mapping[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


QUESTION = said(
    ADA,
    "1714554000.000100",
    "How do I reset the *gripper*? `reset --all` &lt;fails&gt;",
    thread_ts="1714554000.000100",
    reply_count=2,
)
ANSWER = said(BEN, "1714554060.000200", f"<@{ADA}> hold the button for 5 s", thread_ts="1714554000.000100")
THANKS = said(
    ADA,
    "1714554120.000300",
    "Thanks, that worked :tada:",
    thread_ts="1714554000.000100",
    reactions=[{"name": "+1", "users": [BEN], "count": 1}, {"name": "our-robot", "users": [BEN, ADA], "count": 2}],
)
THREAD = [QUESTION, ANSWER, THANKS]
