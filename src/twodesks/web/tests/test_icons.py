"""Icons are drawn from one sprite; a name that is not in it would be an empty space on the page."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[4]
PACKAGE = ROOT / "src" / "twodesks"


def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    sprite = (ROOT / "frontend" / "icons" / "sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="i-([^"]+)"', sprite))
    templates = "\n".join(path.read_text() for path in PACKAGE.glob("**/templates/**/*.html"))
    named = set(re.findall(r'<c-icon\s[^>]*?name="([a-z0-9-]+)"', templates))
    named |= set(re.findall(r'<c-[a-z-]+\s[^>]*?\sicon="([a-z0-9-]+)"', templates))
    assert named - there == set()
